package dev.brig.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// The virtual machine with pure cgroup v2 of `integration-tests/guest/guest-run`, and a shell in
/// it that runs one script after the other.
///
/// It sees this machine's files, but writes none of them: what it has written is gone when it is
/// closed.
final class Guest implements AutoCloseable {
  private static final int LIMIT_SECONDS = 900;
  private static final int DISK_MIB = 256;
  private static final String READY = "guest is ready";

  private final Process machine;
  private final BufferedReader out;
  private final Writer in;
  private final Path errors;
  private int count = 0;

  private Guest(Process machine, Path errors) {
    this.machine = machine;
    this.errors = errors;
    this.out = machine.inputReader(UTF_8);
    this.in = machine.outputWriter(UTF_8);
  }

  /// Boots one, with an empty disk /dev/vda, or skips the test and says what is missing.
  static Guest boot() throws IOException, InterruptedException {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "a guest needs root");
    Process preparation =
        new ProcessBuilder(script(), "--prepare").redirectErrorStream(true).start();
    preparation.getOutputStream().close();
    String complaint;
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(preparation.getInputStream(), UTF_8))) {
      complaint = String.join(" ", reader.lines().toList());
    }
    Assumptions.assumeTrue(preparation.waitFor() == 0, complaint);
    Path errors = Files.createTempFile("brig-guest", ".err");
    Process machine =
        new ProcessBuilder(
                script(),
                "--interactive",
                "--time-limit",
                Integer.toString(LIMIT_SECONDS),
                "--disk",
                Integer.toString(DISK_MIB),
                "sh",
                "-c",
                "echo " + READY + "; exec env PS1= PS2= sh")
            .directory(Checkout.root().toFile())
            .redirectError(errors.toFile())
            .start();
    Guest guest = new Guest(machine, errors);
    guest.readTo(READY);
    return guest;
  }

  /// Runs a shell script in the guest, without input.
  Brig.Ended run(String script) throws IOException {
    String mark = "end of part " + count++;
    in.write("(\n" + script + "\n) </dev/null >/run/out 2>/run/err\nstatus=$?\n");
    for (String part : new String[] {"cat /run/out", "cat /run/err", "echo $status"}) {
      in.write(part + "; echo; echo '" + mark + "'\n");
    }
    in.flush();
    String text = readTo(mark);
    String complaint = readTo(mark);
    return new Brig.Ended(Integer.parseInt(readTo(mark).strip()), text, complaint);
  }

  /// Returns what comes before a line, less the line break that came with it.
  private String readTo(String mark) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String line = out.readLine(); ; line = out.readLine()) {
      if (line == null) {
        throw new AssertionError("the guest has ended: " + text + Files.readString(errors));
      }
      if (line.equals(mark)) {
        return text.isEmpty() ? "" : text.substring(0, text.length() - 1);
      }
      text.append(line).append('\n');
    }
  }

  private static String script() {
    return Checkout.root().resolve("integration-tests/guest/guest-run").toString();
  }

  /// Switches the machine off.
  @Override
  public void close() throws IOException {
    in.write("exit 0\n");
    in.flush();
    try {
      if (!machine.waitFor(60, TimeUnit.SECONDS)) {
        machine.destroy();
      }
    } catch (InterruptedException _) {
      machine.destroy();
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(errors);
  }
}
