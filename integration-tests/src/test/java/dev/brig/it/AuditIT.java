package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `brig audit`, held against what the container's own tools see.
class AuditIT {
  @TempDir static Path folder;

  private final Brig brig = Brig.in(folder.resolve("brig"));

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  /// What an audit says of a container, by thing: the state, a blank, and what was found.
  private Map<String, String> audit(String... options) throws IOException, InterruptedException {
    return auditOf("host", options);
  }

  private Map<String, String> auditOf(String image, String... options)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("run", "-d", "--name", "audited"));
    words.addAll(List.of(options));
    words.addAll(List.of("--entrypoint", "", image, "sleep", "1000"));
    Brig.Ended started = brig.run(words.toArray(new String[0]));
    assertThat(started.status()).as(started.err()).isZero();
    try {
      Brig.Ended ended = brig.run("audit", "--json", "audited");
      assertThat(ended.status()).as(ended.err()).isZero();
      Map<String, String> found = new HashMap<>();
      for (JsonElement row : JsonParser.parseString(ended.out()).getAsJsonArray()) {
        JsonObject object = row.getAsJsonObject();
        found.put(
            object.get("what").getAsString(),
            object.get("state").getAsString() + " " + object.get("found").getAsString());
      }
      found.put(
          "inside", brig.run("exec", "audited", "readlink", "/proc/self/ns/net").out().strip());
      return found;
    } finally {
      var _ = brig.run("rm", "-f", "audited");
    }
  }

  private static String hosts(String namespace) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/ns", namespace)).toString();
  }

  @Test
  void findsWhatTheUsualContainerShares() throws IOException, InterruptedException {
    Map<String, String> found = audit("--memory", "64m", "--pids-limit", "20", "--cpus", "0.5");

    assertThat(found.get("kernel"))
        .isEqualTo("shared " + Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
    assertThat(found.get("network namespace")).isEqualTo("own " + found.get("inside"));
    assertThat(found.get("pid namespace")).startsWith("own ");
    assertThat(found.get("time namespace")).isEqualTo("shared " + hosts("time"));
    assertThat(found.get("/proc/meminfo")).startsWith("shared ").endsWith("may use 64 MiB");
    assertThat(found.get("memory limit")).isEqualTo("restricted 64 MiB");
    assertThat(found.get("process limit")).isEqualTo("restricted 20");
    assertThat(found.get("cpu limit")).isEqualTo("restricted 0.5 processors' time");
    assertThat(found.get("system calls")).startsWith("restricted ");
    assertThat(found.get("capabilities")).startsWith("restricted 11 of 41").contains("chown");
    assertThat(found.get("devices")).startsWith("restricted ");
    assertThat(found.get("sysctls without namespace")).startsWith("restricted ");
  }

  @Test
  void findsWhatWasGivenAway() throws IOException, InterruptedException {
    Path shown = Files.createDirectory(folder.resolve("shown"));

    Map<String, String> found =
        audit("--privileged", "--pid", "host", "--network", "host", "-v", shown + ":/shown");

    assertThat(found.get("pid namespace")).isEqualTo("shared " + hosts("pid"));
    assertThat(found.get("network namespace")).isEqualTo("shared " + hosts("net"));
    assertThat(found.get("system calls")).startsWith("shared ");
    assertThat(found.get("sysctls without namespace")).startsWith("shared ");
    assertThat(found.get("memory limit")).startsWith("shared none");
    assertThat(found.get("process limit")).isEqualTo("restricted 2048");
    assertThat(found.get("devices")).startsWith("shared ");
    assertThat(found.get("/shown")).startsWith("shared writable: ").contains(shown.toString());
  }

  @Test
  void findsItsOwnIds() throws IOException, InterruptedException {
    // This machine's own root may be an overlay, whose files can't be shown with other ids.
    Brig.Ended ended = brig.run("import", Images.made("umoci"), "base");
    assertThat(ended.status()).as(ended.err()).isZero();

    Map<String, String> found =
        auditOf("base", "-u0", "-w/", "--uidmap", "0:100000:65536", "--time", "private");

    assertThat(found.get("user namespace")).startsWith("own ");
    assertThat(found.get("user")).isEqualTo("own uid 100000 on this machine");
    assertThat(found.get("keyrings")).startsWith("own ");
    assertThat(found.get("uptime")).startsWith("own ");
  }

  @Test
  void leavesNothingWhenKilled() throws IOException, InterruptedException {
    var _ = brig.run("run", "-d", "--name", "looked-at", "host", "sleep", "1000");
    try (Traces traces = Traces.of(brig, folder.resolve("brig"))) {
      List<String> before = traces.look();
      Process process = brig.builder("audit", "looked-at").start();
      Path name = Path.of("/proc", Long.toString(process.pid()), "comm");
      while (process.isAlive() && !Files.readString(name).startsWith("java")) {
        Thread.onSpinWait();
      }
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);

      assertThat(brig.run("ps", "-q").out()).isNotEmpty();
      assertThat(traces.since(before)).isEmpty();
    } finally {
      var _ = brig.run("rm", "-f", "looked-at");
    }
  }

  @Test
  void refusesAContainerThatDoesNotRun() throws IOException, InterruptedException {
    var _ = brig.run("create", "--name", "still", "host", "true");

    Brig.Ended ended = brig.run("audit", "still");

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains("not running");
    assertThat(brig.run("audit", "nobody").status()).isEqualTo(125);
  }
}
