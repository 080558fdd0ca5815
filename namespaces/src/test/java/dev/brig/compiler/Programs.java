package dev.brig.compiler;

import dev.brig.linux.Machine;
import dev.brig.plan.Condition;
import dev.brig.plan.Plan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/// Runs the programs of tests: those of this machine directly, those of aarch64 under qemu.
final class Programs {
  private static final String QEMU = "/usr/bin/qemu-aarch64-static";
  private static final int TIMEOUT_SECONDS = 30;

  /// How a program ended, and what it wrote.
  record Run(int status, String output) {}

  /// A record of a trace.
  record TraceRecord(int call, long result, long nanoseconds) {}

  private Programs() {}

  static Run run(Plan plan, Machine machine) {
    return run(plan, new CompileOptions(machine), List.of(), null);
  }

  static Run run(Plan plan, CompileOptions options) {
    return run(plan, options, List.of(), null);
  }

  /// Compiles and runs a plan.
  ///
  /// @param prefix a command that gets the program as its argument, `strace` for example
  /// @param stderr the file for standard error, which is part of the output otherwise
  static Run run(Plan plan, CompileOptions options, List<String> prefix, @Nullable Path stderr) {
    Path file = null;
    try {
      file = Files.createTempFile("brig-program-", "");
      Files.write(file, Compiler.compile(plan, options).image());
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      List<String> command = new ArrayList<>(prefix);
      if (options.machine() == Machine.AARCH64) {
        requireQemu();
        command.add(QEMU);
      }
      command.add(file.toString());
      return run(command, stderr);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      delete(file);
    }
  }

  /// Runs a command with BRIG_TEST in its environment.
  static Run run(List<String> command, @Nullable Path stderr) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    if (stderr == null) {
      builder.redirectErrorStream(true);
    } else {
      builder.redirectError(stderr.toFile());
    }
    builder.environment().put("BRIG_TEST", "passed on");
    Process process = builder.start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("still running: " + command);
      }
      return new Run(process.exitValue(), output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } finally {
      process.destroyForcibly();
    }
  }

  /// Reads a trace as [CompileOptions] describes it.
  static List<TraceRecord> records(byte[] trace) {
    ByteBuffer bytes = ByteBuffer.wrap(trace).order(ByteOrder.LITTLE_ENDIAN);
    List<TraceRecord> records = new ArrayList<>();
    while (bytes.hasRemaining()) {
      int call = bytes.getInt();
      if (bytes.getInt() != 0) {
        throw new AssertionError("record " + records.size() + " has no zero after the call");
      }
      records.add(new TraceRecord(call, bytes.getLong(), bytes.getLong()));
    }
    return records;
  }

  static void requireQemu() {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of(QEMU)), "SKIPPED: no " + QEMU + " (Debian: qemu-user-static)");
  }

  static String lines(long... unsigned) {
    StringBuilder lines = new StringBuilder();
    for (long number : unsigned) {
      lines.append(Long.toUnsignedString(number)).append('\n');
    }
    return lines.toString();
  }

  static boolean holds(long left, Condition condition, long right) {
    return switch (condition) {
      case EQUAL -> left == right;
      case NOT_EQUAL -> left != right;
      case LESS -> left < right;
      case AT_LEAST -> left >= right;
      case ANY_BIT -> (left & right) != 0;
      case NO_BIT -> (left & right) == 0;
    };
  }

  private static void delete(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
