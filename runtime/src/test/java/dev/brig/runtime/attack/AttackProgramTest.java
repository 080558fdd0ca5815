package dev.brig.runtime.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Compiler;
import dev.brig.linux.Machine;
import dev.brig.runtime.attack.AttackFacts.HostKernel;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The program of attacks, run here: whose kernel does it find?
class AttackProgramTest {
  private static final Attack ASKS = new Attack("asks", "ask", "-", s -> s.through("it may"));
  private static final Attack LOOKS =
      new Attack("looks", "look", "-", s -> s.judgeRoot("/", "it is another root"));
  private static final String OTHER_BOOT = "00000000-0000-4000-8000-000000000000";

  @TempDir Path folder;

  private String release = "";
  private String version = "";
  private String bootId = "";

  @BeforeEach
  void lookAtThisKernel() throws IOException {
    assumeTrue(
        System.getProperty("os.arch").equals("amd64")
            && System.getProperty("os.name").equals("Linux"),
        "SKIPPED: the program is for Linux on x86-64");
    Path directory = Path.of("/proc/sys/kernel");
    assumeTrue(
        Files.exists(directory.resolve("random/boot_id")), "SKIPPED: this kernel has no boot_id");
    release = Files.readString(directory.resolve("osrelease")).strip();
    version = Files.readString(directory.resolve("version")).strip();
    bootId = Files.readString(directory.resolve("random/boot_id")).strip();
  }

  private Verdict verdict(Attack attack, HostKernel host) throws IOException, InterruptedException {
    AttackFacts facts =
        new AttackFacts(
            Machine.X86_64,
            new AttackFacts.FileId(-1, -1),
            Map.of(),
            1,
            0,
            0,
            "",
            Set.of(),
            Optional.of(host));
    AttackPlan plan = AttackPlanner.plan(List.of(attack), facts);
    Path program = folder.resolve("attacks");
    Files.write(program, Compiler.compile(plan.plan(), new CompileOptions(Machine.X86_64)).image());
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    Path out = folder.resolve("out");
    Process process =
        new ProcessBuilder(program.toString())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(out.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isZero();
    return AttackReading.read(plan, Files.readString(out)).getFirst().verdict();
  }

  private static HostKernel kernel(String release, String version, String bootId) {
    return new HostKernel(release, version, bootId, Set.of());
  }

  @Test
  void isTheHostsKernelIfNothingDiffers() throws IOException, InterruptedException {
    Verdict verdict = verdict(ASKS, kernel(release, version, bootId));

    assertThat(verdict).isEqualTo(new Verdict.Through("it may"));
  }

  @Test
  void isAnotherIfItWasBootedAnotherTime() throws IOException, InterruptedException {
    Verdict verdict = verdict(ASKS, kernel(release, version, OTHER_BOOT));

    assertThat(verdict)
        .isEqualTo(
            new Verdict.Blocked(
                "allowed, by a kernel of its own, " + release + ", not by the host's"));
  }

  @Test
  void isAnotherIfItHasAnotherName() throws IOException, InterruptedException {
    assertThat(verdict(ASKS, kernel(release + ".1", version, "")).word()).isEqualTo("blocked");
    assertThat(verdict(ASKS, kernel(release, version + " x", "")).word()).isEqualTo("blocked");
    assertThat(verdict(ASKS, kernel(release, version, "")).word()).isEqualTo("not blocked");
  }

  @Test
  void knowsTheHostsRootFromBelowAnotherKernelByTheBootOfItsProc()
      throws IOException, InterruptedException {
    Verdict hosts = verdict(LOOKS, kernel("1.0", version, bootId));
    Verdict others = verdict(LOOKS, kernel("1.0", version, OTHER_BOOT));

    assertThat(hosts).isEqualTo(new Verdict.Through("the directory reached is the host's root"));
    assertThat(others).isEqualTo(new Verdict.Blocked("it is another root"));
  }
}
