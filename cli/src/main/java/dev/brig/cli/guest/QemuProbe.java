package dev.brig.cli.guest;

import dev.brig.cli.command.Context;
import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Compiler;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Machine;
import dev.brig.runtime.compile.GuestPlanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds QEMU, and whether its guests can use the processor's virtualization here: by booting one,
/// since /dev/kvm can be there and open where no guest boots. The answer is kept.
final class QemuProbe {
  private static final String DEGREE = "--isolation vm";
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Context context;
  private final GuestKernel kernel;

  QemuProbe(Context context, GuestKernel kernel) {
    this.context = context;
    this.kernel = kernel;
  }

  /// Returns the emulator with an accelerator that works.
  Qemu qemu() {
    if (context.kernel().machine() != Machine.X86_64) {
      throw new UnsupportedException(
          DEGREE, "brig has virtual machines for x86-64 only", "take --isolation container");
    }
    String program = program();
    if (!context.kernel().attributes().exists("/dev/kvm")) {
      return new Qemu(program, "tcg");
    }
    Verdicts verdicts = new Verdicts(context, "kvm");
    String subject =
        Verdicts.version(program)
            + " "
            + Verdicts.version(kernel.image().toString())
            + " "
            + context.host().release();
    Optional<String> known = verdicts.find(subject);
    if (known.isPresent()) {
      return new Qemu(program, known.get());
    }
    String accelerator = boots(new Qemu(program, "kvm")) ? "kvm" : "tcg";
    verdicts.keep(subject, accelerator);
    return new Qemu(program, accelerator);
  }

  private String program() {
    return context
        .program("qemu-system-x86_64")
        .orElseThrow(() ->
            new UnsupportedException(
                DEGREE, "qemu-system-x86_64 is not installed", "apt-get install qemu-system-x86"));
  }

  private boolean boots(Qemu qemu) {
    Path directory = null;
    try {
      directory = Files.createTempDirectory("brig-kvm");
      byte[] init =
          Compiler.compile(GuestPlanner.probe(), new CompileOptions(Machine.X86_64)).image();
      Path initrd = directory.resolve("initrd");
      Files.write(
          initrd,
          new Cpio().directory("dev").device("dev/console", 5, 1).file("init", init).bytes());
      Path said = directory.resolve("said");
      List<String> words = qemu.boot("pc", kernel, initrd.toString(), said.toString());
      return new Trial(words).succeedsWithin(LIMIT)
          && Files.readString(said).contains(GuestPlanner.PROBE_WORD);
    } catch (IOException e) {
      throw new UnsupportedException(
          DEGREE, "no temporary files can be made: " + e.getMessage(), "see df");
    } finally {
      remove(directory);
    }
  }

  private static void remove(@Nullable Path directory) {
    if (directory == null) {
      return;
    }
    try {
      Files.deleteIfExists(directory.resolve("initrd"));
      Files.deleteIfExists(directory.resolve("said"));
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new UnsupportedException(
          DEGREE, directory + " can't be removed: " + e.getMessage(), "");
    }
  }
}
