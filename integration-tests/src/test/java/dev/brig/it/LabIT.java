package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `brig lab`: the labs pass, notice when their claims are false, and leave nothing.
class LabIT {
  /// What all fourteen may take.
  private static final Duration ALL = Duration.ofMinutes(3);

  @TempDir static Path folder;

  private Brig brig = Brig.in(Path.of("/nowhere"));
  private Path state = Path.of("/nowhere");

  @BeforeEach
  void needsRoot() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    state = Files.createTempDirectory(folder, "brig");
    brig = Brig.in(state).within(ALL);
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
    try (var left = Files.list(state.resolve("containers"))) {
      assertThat(left).isEmpty();
    }
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(state.toString());
  }

  @Test
  void allLabsPassUnattended() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("lab", "--auto", "-o", state.resolve("report.json").toString());

    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    List<JsonObject> entries = entries(Files.readString(state.resolve("report.json")));
    assertThat(entries.stream().map(entry -> entry.get("lab").getAsString()).distinct())
        .hasSize(14);
    assertThat(entries)
        .allMatch(
            entry -> List.of("passed", "impossible").contains(entry.get("verdict").getAsString()));
    leavesNothing();
  }

  @Test
  void everyLabNoticesThatItsClaimIsFalse() throws IOException, InterruptedException {
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
    assertThat(brig.run("lab", "start", "1").out()).contains("Walking out of chroot");
    assertThat(brig.run("lab", "check", "guess").out())
        .contains("failed", "the secret there is $NONCE");
    assertThat(brig.run("lab", "reset").status()).isZero();
    assertThat(brig.run("lab", "start", "9").out()).contains("Root in pieces", "Claim 1 of 1");
    assertThat(brig.run("lab", "next").err()).contains("has not been checked");
    assertThat(brig.run("lab", "check", "7").status()).isEqualTo(1);
    Brig.Ended checked = brig.run("lab", "check", "0");
    assertThat(checked.out()).as(checked.err()).contains("passed");
    assertThat(brig.run("lab", "explain").out()).contains("capset(2)", "PR_CAPBSET_DROP");
    assertThat(brig.run("lab", "next").out()).contains("is done");

    Path report = state.resolve("ada.json");
    var _ = brig.run("lab", "report", "-o", report.toString());
    Brig.Ended graded = brig.run("lab", "grade", report.toString());
    assertThat(graded.status()).as(graded.out() + graded.err()).isZero();
    assertThat(graded.out()).contains("sound");

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

  @Test
  void leavesNothingWhenKilled() throws IOException, InterruptedException {
    Process process = brig.builder("lab", "--auto", "3").start();
    Path run = state.resolve("run/containers");
    while (process.isAlive() && !hasPid(run)) {
      Thread.onSpinWait();
    }
    process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

    leavesNothing();
  }

  private static boolean hasPid(Path run) throws IOException {
    if (!Files.isDirectory(run)) {
      return false;
    }
    try (var entries = Files.list(run)) {
      return entries.anyMatch(each -> Files.exists(each.resolve("pid")));
    }
  }
}
