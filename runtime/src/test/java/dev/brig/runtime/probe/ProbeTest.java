package dev.brig.runtime.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Compiler;
import dev.brig.linux.Machine;
import dev.brig.plan.PlanListing;
import dev.brig.runtime.probe.ProbeOutput.Block;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeTest {
  private static final String ALL = "gosfevmiwctbp";

  @TempDir Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    Files.createDirectory(root.resolve("work"));
    write(Machine.X86_64, "probe");
  }

  private void write(Machine machine, String name) throws IOException {
    Path file = root.resolve(name);
    Files.write(file, Compiler.compile(ProbePlanner.plan(), new CompileOptions(machine)).image());
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private byte[] run(String... command) throws IOException, InterruptedException {
    Path out = root.resolve("out");
    Process process =
        new ProcessBuilder(command)
            .directory(root.resolve("work").toFile())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isZero();
    return Files.readAllBytes(out);
  }

  private static void requireMachine() {
    String machine = System.getProperty("os.arch");
    Assumptions.assumeTrue(machine.equals("amd64"), "SKIPPED: runs x86-64 programs");
  }

  @Test
  void answersEachLetterWithItsBatches() throws IOException, InterruptedException {
    requireMachine();

    ProbeOutput output = ProbeOutput.of(run(root.resolve("probe").toString(), "h" + ALL + "ldz"));

    List<Character> letters = new ArrayList<>();
    for (Block block : output.blocks()) {
      letters.add(block.letter());
    }
    assertThat(letters)
        .containsExactly(
            'h', 'g', 'o', 's', 'f', 'e', 'v', 'm', 'i', 'w', 'c', 't', 'b', 'p', 'l', 'd', 'z');
    long before = output.blocks().getFirst().batches().getFirst().beginNanos();
    for (Block block : output.blocks().subList(1, 15)) {
      assertThat(block.batches()).as("batches of " + block.letter()).hasSize(15);
      for (ProbeOutput.Batch batch : block.batches()) {
        assertThat(batch.beginNanos()).isGreaterThanOrEqualTo(before);
        assertThat(batch.endNanos()).isGreaterThan(batch.beginNanos());
        before = batch.endNanos();
      }
    }
    assertThat(root.resolve("work")).isEmptyDirectory();
  }

  @Test
  void makesTheCallsThatItCounts() throws IOException, InterruptedException {
    requireMachine();
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/strace")), "SKIPPED: no strace");
    Path log = root.resolve("log");

    byte[] out =
        run("strace", "-f", "-o", log.toString(), root.resolve("probe").toString(), "gfewpz");

    assertThat(ProbeOutput.of(out).blocks()).hasSize(6);
    List<String> lines = Files.readAllLines(log);
    assertThat(count(lines, "getppid(")).isEqualTo(15L * Measurement.GETPPID.operations());
    // The process of the pipe is one more.
    int forks = 15 * (Measurement.FORK.operations() + Measurement.EXEC.operations()) + 1;
    assertThat(count(lines, " clone(") + count(lines, "<... clone resumed"))
        .isBetween((long) forks, 2L * forks);
    assertThat(count(lines, "execve(\"../probe\"")).isEqualTo(15L * Measurement.EXEC.operations());
    assertThat(count(lines, "pwrite64(")).isEqualTo(15L * Measurement.WRITE.operations());
  }

  private static long count(List<String> lines, String text) {
    return lines.stream().filter(line -> line.contains(text)).count();
  }

  @Test
  void tellsALetterThatFailsAndGoesOn() throws IOException, InterruptedException {
    requireMachine();
    Files.delete(root.resolve("work"));
    Files.createDirectories(root.resolve("work/brig-probe"));

    ProbeOutput output = ProbeOutput.of(run(root.resolve("probe").toString(), "wgz"));

    assertThat(output.blocks().getFirst().letter()).isEqualTo('!');
    assertThat(output.blocks().getFirst().errno().name()).isEqualTo("EISDIR");
    assertThat(output.blocks().get(1).letter()).isEqualTo('g');
    assertThat(output.blocks().get(2).letter()).isEqualTo('z');
  }

  @ParameterizedTest
  @ValueSource(strings = {"n", "k", "y", "q"})
  void lastsAsLongAsStandardInput(String letter) throws IOException, InterruptedException {
    requireMachine();
    Process process =
        new ProcessBuilder(root.resolve("probe").toString(), letter)
            .directory(root.resolve("work").toFile())
            .start();
    try {
      assertThat(process.getInputStream().readNBytes(16)).startsWith(letter.charAt(0), 0, 0, 0);
      assertThat(process.isAlive()).isTrue();
      process.getOutputStream().close();
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void measuresUnderAnotherMachineToo() throws IOException, InterruptedException {
    String qemu = "/usr/bin/qemu-aarch64-static";
    Assumptions.assumeTrue(Files.isExecutable(Path.of(qemu)), "SKIPPED: no " + qemu);
    write(Machine.AARCH64, "probe-aarch64");

    // Without execve: the kernel needs binfmt_misc for it.
    ProbeOutput output =
        ProbeOutput.of(run(qemu, root.resolve("probe-aarch64").toString(), "hgosfvmiwctbpz"));

    assertThat(output.blocks()).hasSize(14).noneMatch(block -> block.letter() == '!');
  }

  @ParameterizedTest
  @EnumSource
  void isTheSameProgramEachTime(Machine machine) {
    CompileOptions options = new CompileOptions(machine);
    byte[] first = Compiler.compile(ProbePlanner.plan(), options).image();

    assertThat(Compiler.compile(ProbePlanner.plan(), options).image()).isEqualTo(first);
    assertThat(first.length).isLessThan(32 << 10);
  }

  @Test
  void canBeRead() {
    assertThat(PlanListing.of(ProbePlanner.plan()))
        .contains("# touch fresh pages", "u64 *<page> = <count>", "copy 16777216 bytes");
    assertThat(PlanListing.of(ChrootPlanner.plan("/r", "/work", "/probe")))
        .contains("chroot(\"/r\")", "execve(\"/probe\", [\"/probe\", <argument>], <environment>)");
  }

  @Test
  void refusesOutputThatIsNone() {
    byte[] text = "exec /probe: no such file or directory\n".getBytes(UTF_8);

    assertThatThrownBy(() -> ProbeOutput.of(text)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ProbeOutput.of(new byte[] {'h', 0, 0, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ends");
  }
}
