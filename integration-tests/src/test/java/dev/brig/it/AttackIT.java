package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.brig.it.OrdinaryUser.Ids;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `brig attack`: the usual container holds, and what opens it is seen.
class AttackIT {
  @TempDir static Path folder;

  private final Path root = folder.resolve("brig");
  private final Brig brig = Brig.in(root);

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  private static Map<String, String> verdicts(Brig.Ended ended) {
    assertThat(ended.status()).as(ended.err()).isIn(0, 1);
    JsonObject report = JsonParser.parseString(ended.out()).getAsJsonObject();
    Map<String, String> verdicts = new TreeMap<>();
    for (JsonElement attack : report.getAsJsonArray("attacks")) {
      JsonObject object = attack.getAsJsonObject();
      verdicts.put(object.get("name").getAsString(), object.get("verdict").getAsString());
    }
    return verdicts;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--userns private", "--network host"})
  void nothingGetsThroughTheUsualContainer(String options)
      throws IOException, InterruptedException {
    nothingGetsThrough(options);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--user 1000",
        "--read-only",
        "--memory 64m --pids-limit 20",
        "--cap-drop ALL --security-opt no-new-privileges"
      })
  @Tag("thorough")
  void nothingGetsThroughAContainerThatIsConfinedMore(String options)
      throws IOException, InterruptedException {
    nothingGetsThrough(options);
  }

  // This machine's own root may be an overlay, whose files can't be shown with other ids.
  private String imageFor(String options) throws IOException, InterruptedException {
    if (!options.contains("--userns")) {
      return "host";
    }
    Brig.Ended ended = brig.run("import", Images.made("umoci"), "base");
    assertThat(ended.status()).as(ended.err()).isZero();
    return "base --user 0";
  }

  private void nothingGetsThrough(String options) throws IOException, InterruptedException {
    String words = "attack --json " + imageFor(options) + " " + options;

    Brig.Ended ended = brig.run(words.strip().split(" +"));

    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    assertThat(verdicts(ended))
        .hasSizeGreaterThan(50)
        .doesNotContainValue("not blocked")
        .containsEntry("chroot-walk", "blocked")
        .containsEntry("kill", "blocked")
        .containsEntry("core-pattern", "blocked")
        .containsEntry("fork-bomb", "blocked");
  }

  @Test
  void feelsALimitOfProcesses() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("attack", "--only", "fork-bomb", "host", "--pids-limit", "12");

    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    assertThat(ended.out()).contains("blocked", "clone(", "EAGAIN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--pids-limit 0", "--pids-limit -1", "--isolation namespaces"})
  void triesNoForkBombWithoutALimit(String options) throws IOException, InterruptedException {
    String words = "attack --json --only fork-bomb host " + options;

    Brig.Ended ended = brig.run(words.split(" ", -1));

    assertThat(verdicts(ended)).containsExactly(Map.entry("fork-bomb", "inconclusive"));
    assertThat(why(ended, "fork-bomb")).isEqualTo("there is no limit: --pids-limit sets one");
  }

  @Test
  void privilegedLetsMuchThrough() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("attack", "--json", "--privileged", "host");

    assertThat(ended.status()).isEqualTo(1);
    assertThat(verdicts(ended))
        .containsEntry("mount", "not blocked")
        .containsEntry("core-pattern", "not blocked")
        .containsEntry("clock", "not blocked")
        .containsEntry("bpf", "not blocked")
        .containsEntry("chroot-walk", "blocked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bare", "chroot"})
  void theDegreesBelowLetMuchThrough(String degree) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("attack", "--json", "--isolation", degree, "host");

    assertThat(ended.status()).isEqualTo(1);
    assertThat(verdicts(ended))
        .containsEntry("chroot-walk", "not blocked")
        .containsEntry("kill", "not blocked")
        .containsEntry("core-pattern", "not blocked")
        .containsEntry("release-agent", "not blocked")
        .containsEntry("reboot", "not blocked");
  }

  @Test
  void namespacesAloneHoldTheRootAndTheProcesses() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("attack", "--json", "--isolation", "namespaces", "host");

    assertThat(verdicts(ended))
        .containsEntry("chroot-walk", "blocked")
        .containsEntry("kill", "blocked")
        .containsEntry("packet-socket", "blocked")
        .containsEntry("mount", "not blocked");
  }

  @ParameterizedTest
  @CsvSource({
    "kill,--pid host",
    "pidfd,--pid host",
    "packet-socket,--network host --cap-add NET_RAW",
    "hostname,--uts host --cap-add SYS_ADMIN",
    "clock,--cap-add SYS_TIME",
    "open-by-handle,--cap-add DAC_READ_SEARCH",
    "mount,--cap-add SYS_ADMIN",
    "keyring,--security-opt seccomp=unconfined",
    "dev-kmsg,--cap-add MKNOD --cap-add SYSLOG --device-cgroup-rule c·1:11·rwm"
  })
  void seesTheOneThingThatWasGivenAway(String attack, String options)
      throws IOException, InterruptedException {
    String[] words = ("attack --only " + attack + " host " + options).split(" ");
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].replace('·', ' ');
    }

    Brig.Ended ended = brig.run(words);

    assertThat(ended.status()).as(ended.out() + ended.err()).isEqualTo(1);
    assertThat(ended.out()).contains("not blocked");
  }

  @Test
  void nothingGetsThroughAnOrdinaryUsersContainer() throws IOException, InterruptedException {
    OrdinaryUser user = OrdinaryUser.with(Ids.RANGES);
    try {
      Brig.Ended ended = user.brig("attack", "--json", "host");

      assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
      assertThat(verdicts(ended)).doesNotContainValue("not blocked");
    } finally {
      user.remove();
    }
  }

  /// Returns an image for a degree, and sees to what the degree needs.
  private String image(String degree) throws IOException, InterruptedException {
    if (degree.equals("gvisor")) {
      assumeTrue(Files.isExecutable(Path.of("/usr/bin/runsc")), "SKIPPED: no runsc");
      return "host";
    }
    if (degree.equals("vm")) {
      if (!Files.exists(root.resolve("kernels"))) {
        DebianKernel.into(root);
      }
      if (brig.run("image", "inspect", "base").status() != 0) {
        assertThat(brig.run("import", Images.made("umoci"), "base").status()).isZero();
      }
      return "base";
    }
    return "host";
  }

  private static final String READ = "read a b release c < /proc/version; echo $release";

  @ParameterizedTest
  @CsvSource({"gvisor,mount-namespace", "vm,module"})
  void whatAKernelOfItsOwnAllowsHasNotReachedTheHosts(String degree, String allowed)
      throws IOException, InterruptedException {
    String image = image(degree);
    String[] read = {"run", "--rm", "--isolation", degree, "--entrypoint", "sh", image, "-c", READ};
    Brig.Ended release = brig.run(read);

    Brig.Ended ended =
        brig.run(("attack --json --isolation " + degree + " -u 0 " + image).split(" "));

    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    assertThat(verdicts(ended))
        .hasSizeGreaterThan(50)
        .doesNotContainValue("not blocked")
        .containsEntry("chroot-walk", "blocked")
        .containsEntry("kill", "blocked")
        .containsEntry("reboot", "blocked")
        .containsEntry(allowed, "blocked");
    assertThat(release.out().strip()).as(release.err()).isNotEmpty();
    assertThat(why(ended, allowed))
        .isEqualTo(
            "allowed, by a kernel of its own, " + release.out().strip() + ", not by the host's");
  }

  private static String why(Brig.Ended ended, String attack) {
    JsonObject report = JsonParser.parseString(ended.out()).getAsJsonObject();
    for (JsonElement each : report.getAsJsonArray("attacks")) {
      JsonObject object = each.getAsJsonObject();
      if (object.get("name").getAsString().equals(attack)) {
        return object.get("why").getAsString();
      }
    }
    return "";
  }

  @ParameterizedTest
  @CsvSource({
    "clone,did not run: status 159",
    "exit_group,'did not end by themselves, but with status 159'"
  })
  void takesAttacksThatWereCutShortForNoProof(String killing, String said)
      throws IOException, InterruptedException {
    Path filter = folder.resolve("kill.json");
    Files.writeString(
        filter,
        """
        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
          {"names": ["%s"], "action": "SCMP_ACT_KILL_PROCESS"}]}
        """
            .formatted(killing));

    Brig.Ended ended =
        brig.run("attack", "--only", "kill", "host", "--security-opt", "seccomp=" + filter);

    assertThat(ended.status()).as(ended.out()).isEqualTo(125);
    assertThat(ended.err()).contains(said);
  }

  @Test
  void changesNothingOnTheHost() throws IOException, InterruptedException {
    String[] files = {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/swaps"};
    StringBuilder before = new StringBuilder();
    for (String file : files) {
      before.append(Files.readString(Path.of(file)));
    }

    var _ = brig.run("attack", "--privileged", "--pid", "host", "--uts", "host", "host");

    StringBuilder after = new StringBuilder();
    for (String file : files) {
      after.append(Files.readString(Path.of(file)));
    }
    assertThat(after.toString()).isEqualTo(before.toString());
    assertThat(Path.of("/dev/.brig-attack.node")).doesNotExist();
    assertThat(Path.of("/.brig-attack.d")).doesNotExist();
  }

  @Test
  void leavesNothing() throws IOException, InterruptedException {
    var _ = brig.run("attack", "host", "-v", "/srv");

    assertThat(brig.run("ps", "-aq").out()).isEmpty();
    assertThat(brig.run("volume", "ls", "-q").out()).isEmpty();
    try (var left = Files.list(folder.resolve("brig/containers"))) {
      assertThat(left).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"container,entry", "container,pid", "gvisor,pid", "vm,pid"})
  void leavesNothingWhenKilled(String degree, String moment)
      throws IOException, InterruptedException {
    leavesNothing(degree, moment);
  }

  @Test
  @Tag("thorough")
  void leavesNothingWhenKilledBeforeItsMachineIsThere() throws IOException, InterruptedException {
    leavesNothing("vm", "entry");
  }

  private void leavesNothing(String degree, String moment)
      throws IOException, InterruptedException {
    String[] words = ("attack --isolation " + degree + " -u 0 " + image(degree)).split(" ");
    // What brig finds out once it keeps.
    assertThat(brig.run(words).status()).isZero();
    try (Traces traces = Traces.of(brig, root)) {
      List<String> before = traces.look();
      Process process = brig.builder(words).start();
      while (process.isAlive() && !isThere(moment)) {
        Thread.onSpinWait();
      }
      // Its program may have a title of its own by now, and is this process all the same.
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

      Brig.Ended next = brig.run("ps", "-a", "-q");

      assertThat(next.out()).as(next.err()).isEmpty();
      assertThat(traces.since(before)).isEmpty();
    }
  }

  /// Tells whether a container has an entry, or a process.
  private boolean isThere(String moment) throws IOException {
    Path running = root.resolve("run/containers");
    if (!Files.isDirectory(running)) {
      return false;
    }
    try (var entries = Files.list(running)) {
      return entries.anyMatch(each -> moment.equals("entry") || Files.exists(each.resolve(moment)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--only·kil,did you mean kill",
    "-d,leave it out",
    "-it,leave it out",
    "--memory·1,--memory",
    "--secret·/nosuch,there is no such file",
    "--isolation·vm·--pids-limit·9,limits nothing",
    "--isolation·gvisor·--privileged,can't reach the host"
  })
  void refusesWhatMakesNoSense(String options, String why)
      throws IOException, InterruptedException {
    Brig.Ended ended = brig.run(("attack·host·" + options).split("·"));

    assertThat(ended.status()).as(ended.out()).isEqualTo(125);
    assertThat(ended.err()).contains(why);
  }
}
