package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `brig lab`: the labs pass, notice when their claims are false, and leave nothing.
@Isolated("what it looks at takes time")
class LabIT {
  /// What all fourteen may take.
  private static final Duration ALL = Duration.ofMinutes(3);

  /// The labs that ask for nothing but brig.
  private static final List<String> EVERYWHERE = List.of("1", "3", "5", "7", "9", "10", "11", "13");

  @TempDir static Path folder;

  private Brig brig = Brig.in(Path.of("/nowhere"));
  private Path state = Path.of("/nowhere");

  @BeforeEach
  void needsRoot() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    state = Files.createTempDirectory(folder, "brig");
    brig = Brig.in(state).within(ALL);
  }

  /// Gives this test's brig a kernel for virtual machines.
  ///
  /// @return whether there is one
  private boolean hasKernel() throws IOException, InterruptedException {
    return DebianKernel.isFetchedInto(state);
  }

  private static boolean hasGvisor() {
    return Files.isExecutable(Path.of("/usr/bin/runsc"));
  }

  private static List<JsonObject> entries(String report) {
    List<JsonObject> entries = new ArrayList<>();
    JsonObject object = JsonParser.parseString(report).getAsJsonObject();
    for (JsonElement entry : object.getAsJsonArray("entries")) {
      entries.add(entry.getAsJsonObject());
    }
    return entries;
  }

  private void leavesNothing() throws IOException, InterruptedException {
    assertThat(brig.run("ps", "-aq").out()).isEmpty();
    assertThat(brig.run("volume", "ls", "-q").out()).isEmpty();
    try (var left = Files.list(state.resolve("containers"))) {
      assertThat(left).isEmpty();
    }
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(state.toString());
  }

  @Test
  void allLabsPassUnattended() throws IOException, InterruptedException {
    boolean kernel = hasKernel();

    Brig.Ended ended = brig.run("lab", "--auto", "-o", state.resolve("report.json").toString());

    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    List<JsonObject> entries = entries(Files.readString(state.resolve("report.json")));
    assertThat(entries.stream().map(entry -> entry.get("lab").getAsString()).distinct())
        .hasSize(14);
    assertThat(entries)
        .allMatch(
            entry -> List.of("passed", "impossible").contains(entry.get("verdict").getAsString()));
    assertThat(entries)
        .filteredOn(entry -> EVERYWHERE.contains(entry.get("lab").getAsString()))
        .allMatch(entry -> entry.get("verdict").getAsString().equals("passed"));
    assertThat(entries)
        .filteredOn(entry -> entry.get("lab").getAsString().equals("14"))
        .extracting(entry -> entry.get("verdict").getAsString())
        .containsExactly(
            "passed", hasGvisor() ? "passed" : "impossible", kernel ? "passed" : "impossible");
    leavesNothing();
  }

  @Test
  @Tag("thorough")
  void theLadderOfItsLastLabShowsThreeKernels() throws IOException, InterruptedException {
    assumeTrue(hasGvisor(), "SKIPPED: no runsc");
    assumeTrue(hasKernel(), "SKIPPED: no kernel for virtual machines");
    String text =
        Files.readString(Checkout.root().resolve("cli/src/main/resources/dev/brig/cli/lab/14.lab"));
    String all = lab(text.replace("between 2 3 KERNELS", "has KERNELS=3"));

    Brig.Ended ended = brig.run("lab", "--auto", "--file", all);

    assertThat(text).contains("between 2 3 KERNELS");
    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    assertThat(ended.out()).containsPattern("14 +2 +passed").containsPattern("14 +3 +passed");
  }

  @Test
  void aLabNoticesThatItsClaimIsFalse() throws IOException, InterruptedException {
    Brig.Ended ended =
        brig.with("BRIG_LAB_FALSIFY", "1").run("lab", "--auto", "--json", "1", "5", "9");

    assertThat(ended.status()).isEqualTo(1);
    assertThat(entries(ended.out()))
        .hasSizeGreaterThanOrEqualTo(3)
        .allMatch(entry -> entry.get("verdict").getAsString().equals("failed"));
  }

  @Test
  @Tag("thorough")
  void everyLabNoticesThatItsClaimIsFalse() throws IOException, InterruptedException {
    var _ = hasKernel();

    Brig.Ended ended = brig.with("BRIG_LAB_FALSIFY", "1").run("lab", "--auto", "--json");

    assertThat(ended.status()).isEqualTo(1);
    assertThat(entries(ended.out()))
        .hasSizeGreaterThan(14)
        .allMatch(
            entry -> List.of("failed", "impossible").contains(entry.get("verdict").getAsString()));
  }

  private String lab(String text) throws IOException {
    Path file = state.resolve("own.lab");
    Files.writeString(file, text);
    return file.toString();
  }

  private static final String OWN =
      """
      lab own
      title Of a teacher's own
      about
        Something.
      claim A secret is planted
      run
        cat /run/lab/secret; echo
      expect has $NONCE
      control elsewhere
        CONTROL
      control-expect lacks $NONCE
      ask What is it?
      answer $NONCE
      solve
        echo "ANSWER=$(cat /run/lab/secret)"
      """;

  @Test
  void isInconclusiveWhereTheControlShowsNoDifference() throws IOException, InterruptedException {
    String same = lab(OWN.replace("CONTROL", "cat /run/lab/secret"));

    Brig.Ended ended = brig.run("lab", "--auto", "--file", same);

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.out()).contains("inconclusive", "no difference on this kernel");
  }

  @Test
  void saysWhatAMachineLacks() throws IOException, InterruptedException {
    String other =
        lab(OWN.replace("CONTROL", "true").replace("about", "needs command:nosuch\nabout"));

    Brig.Ended ended = brig.run("lab", "--auto", "--file", other);

    assertThat(ended.out()).contains("impossible", "lacks the command nosuch");
    assertThat(brig.run("lab", "start", "own", "--file", other).err()).contains("nosuch");
  }

  @Test
  void takesAScriptsWordForWhatACapsuleLacks() throws IOException, InterruptedException {
    String other =
        lab(OWN.replace("CONTROL", "true").replace("cat /run", "echo LACKS=luck; cat /run"));

    Brig.Ended ended = brig.run("lab", "--auto", "--file", other);

    assertThat(ended.out())
        .contains("impossible", "this machine lacks luck")
        .doesNotContain("passed");
  }

  @Test
  void degreesWithoutTheirProgramsAreImpossibleAndSayWhy()
      throws IOException, InterruptedException {
    // In brig's own directory, which a capsule shows wherever it is.
    Path bin = Checkout.root().resolve("integration-tests/target/no-guests");
    Brig.Ended ended;
    try {
      // All that there is but the two, where brig looks for them.
      var _ =
          ContainerLab.shell(
              """
              mkdir -p "$1"; ln -s /usr/sbin/* /usr/bin/* "$1/" 2> /dev/null
              rm -f "$1"/runsc "$1"/qemu-system-*
              """,
              bin.toString());

      ended = brig.with("PATH", bin.toString()).run("lab", "--auto", "14");
    } finally {
      var _ = ContainerLab.shell("rm -rf \"$1\"", bin.toString());
    }

    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    assertThat(ended.out())
        .containsPattern("14 +1 +passed")
        .contains("step 2: this machine lacks gVisor: --isolation gvisor: runsc is not installed")
        .contains("step 3: this machine lacks virtual machines: --isolation vm: ");
  }

  @Test
  void gradesOnlyReportsOfLabsThatAreKnown() throws IOException, InterruptedException {
    String own = lab(OWN.replace("CONTROL", "true").replace("lab own", "lab 1"));
    Path reports = Files.createDirectory(state.resolve("reports"));
    Path eve = reports.resolve("eve.json");
    Files.writeString(reports.resolve("none.json"), "");
    var _ = brig.run("lab", "--auto", "--file", own, "--student", "eve", "-o", eve.toString());

    Brig.Ended ended = brig.run("lab", "grade", reports.toString());
    Brig.Ended known = brig.run("lab", "grade", "--file", own, eve.toString());

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.out())
        .containsPattern("eve +refused .* entry 1 .lab 1. is of a lab that is not known here")
        .contains("none.json is no report of brig lab");
    assertThat(known.status()).as(known.out()).isZero();
  }

  @Test
  void theCapsuleIsNoHost() throws IOException, InterruptedException {
    String text =
        """
        lab capsule
        title What can't be done in one
        claim It plays the host
        run
          hostname; touch /etc/brig-lab-was-here && echo written
          echo x > /proc/sys/kernel/core_pattern && echo set
          for c in memory/memory.limit_in_bytes memory.max; do cat /sys/fs/cgroup/$c; done
        expect has fakehost
        expect lacks written
        expect lacks set
        expect has 268435456
        """;

    Brig.Ended ended = brig.run("lab", "--auto", "--file", lab(text));

    assertThat(ended.status()).as(ended.out()).isZero();
    assertThat(Path.of("/etc/brig-lab-was-here")).doesNotExist();
  }

  @Test
  void takesAStudentThroughALabAndGradesTheReport() throws IOException, InterruptedException {
    assertThat(brig.run("lab", "report").err()).contains("has checked nothing");
    assertThat(brig.run("lab", "start", "1", "--student", "Ada L.").out())
        .contains("Walking out of chroot");
    assertThat(brig.run("lab", "check", "guess").out())
        .contains("failed", "the secret there is $NONCE");
    assertThat(brig.run("lab", "reset").status()).isZero();
    assertThat(brig.run("lab", "start", "9").out()).contains("Root in pieces", "Claim 1 of 1");
    assertThat(brig.run("lab", "next").err()).contains("has not been checked");
    assertThat(brig.run("lab", "next", "9").err()).contains("takes nothing more");
    assertThat(brig.run("lab", "check", "7").status()).isEqualTo(1);
    Brig.Ended checked = brig.run("lab", "check", "0");
    assertThat(checked.out()).as(checked.err()).contains("passed");
    assertThat(brig.run("lab", "explain").out()).contains("capset(2)", "PR_CAPBSET_DROP");
    assertThat(brig.run("lab", "next").out()).contains("is done");

    Path report = state.resolve("ada.json");
    var _ = brig.run("lab", "report", "-o", report.toString());
    Brig.Ended graded = brig.run("lab", "grade", report.toString());
    assertThat(graded.status()).as(graded.out() + graded.err()).isZero();
    assertThat(graded.out()).contains("Ada L.", "sound");

    Path forged = state.resolve("forged.json");
    Files.writeString(forged, Files.readString(report).replaceFirst("\"failed\"", "\"passed\""));
    Brig.Ended refused = brig.run("lab", "grade", "--csv", forged.toString());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.out()).contains("refused", "entry 1 (lab 1) was changed");

    Brig.Ended copied = brig.run("lab", "grade", report.toString(), copy(report).toString());
    assertThat(copied.status()).isEqualTo(1);
    assertThat(copied.out()).contains("has a secret of");
  }

  private Path copy(Path report) throws IOException {
    return Files.copy(report, state.resolve("copy.json"));
  }

  /// In the capsule, and in the machine of one.
  @ParameterizedTest
  @CsvSource({"3,sh", "14,qemu-system"})
  void leavesNothingWhenKilled(String lab, String program)
      throws IOException, InterruptedException {
    assumeTrue(
        !program.startsWith("qemu") || hasKernel(), "SKIPPED: no kernel for virtual machines");
    leavesNothing(lab, program);
  }

  @Test
  @Tag("thorough")
  void leavesNothingWhenKilledInGvisor() throws IOException, InterruptedException {
    assumeTrue(hasGvisor(), "SKIPPED: no runsc");
    leavesNothing("14", "runsc");
  }

  private void leavesNothing(String lab, String program) throws IOException, InterruptedException {
    // What brig finds out once it keeps, and the directory of volumes.
    assertThat(brig.run("run", "--rm", "-v", "/srv", "host", "true").status()).isZero();
    assertThat(brig.run("lab", "--auto", "3").status()).isZero();
    try (Traces traces = Traces.of(brig, state)) {
      List<String> before = traces.look();
      Process process = brig.builder("lab", "--auto", lab).start();
      while (process.isAlive() && !isRunning(program)) {
        Thread.onSpinWait();
      }
      assertThat(process.isAlive()).isTrue();
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

      leavesNothing();
      assertThat(traces.since(before)).isEmpty();
    }
  }

  /// Tells whether a program runs in a container of this test's brig.
  private boolean isRunning(String program) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        try {
          if (Files.readString(process.resolve("comm")).startsWith(program)
              && Files.readString(process.resolve("mountinfo")).contains(state.toString())) {
            return true;
          }
        } catch (IOException _) {
          // It has ended.
        }
      }
    }
    return false;
  }
}
