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
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The limit of processes that a container has when nobody asks for one, through all of its life.
class UsualLimitIT {
  @TempDir static Path folder;

  private final Brig brig = Brig.in(folder.resolve("brig")).within(Duration.ofMinutes(2));

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  @AfterEach
  void removeAll() throws IOException, InterruptedException {
    var _ = brig.run("rm", "-f", "-a", "-v");
  }

  private String said(String... words) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run(words);
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.err()).isEmpty();
    return ended.out().stripTrailing();
  }

  /// Returns what inspect shows of a container's limits, `NAME VALUE FILE` each.
  private static List<String> limits(String inspected) {
    JsonObject container =
        JsonParser.parseString(inspected).getAsJsonArray().get(0).getAsJsonObject();
    return container.getAsJsonArray("limits").asList().stream()
        .map(JsonElement::getAsJsonObject)
        .map(limit ->
            limit.get("name").getAsString()
                + " "
                + limit.get("value").getAsString()
                + " "
                + limit.get("file").getAsString())
        .toList();
  }

  /// Returns the file with the container's limit, which must be the usual one.
  private Path limitOf(String name) throws IOException, InterruptedException {
    List<String> limits = limits(said("inspect", name));
    String id = said("inspect", "--format", "{{.Id}}", name);
    assertThat(limits).hasSize(1);
    assertThat(limits.getFirst()).startsWith("--pids-limit 2048 /").endsWith(id + "/pids.max");
    return Path.of(limits.getFirst().split(" ", -1)[2]);
  }

  @Test
  void isInForceThroughRestartAndExecAndGoneAfter() throws IOException, InterruptedException {
    said("run", "-d", "--name", "web", "host", "sleep", "100");
    Path limit = limitOf("web");
    assertThat(limit).hasContent("2048");

    said("restart", "-t", "0", "web");
    assertThat(limitOf("web")).isEqualTo(limit).hasContent("2048");

    said("exec", "-d", "web", "sleep", "100");
    assertThat(Files.readAllLines(limit.resolveSibling("cgroup.procs"))).hasSize(2);

    said("rm", "-f", "web");
    assertThat(limit.getParent()).doesNotExist();
  }

  @Test
  void isACloneToo() throws IOException, InterruptedException {
    said("create", "--name", "first", "host", "sleep", "100");
    said("clone", "first", "second");
    Path limit = limitOf("second");

    said("start", "second");

    assertThat(limit).hasContent("2048");
    assertThat(limitOf("first")).isNotEqualTo(limit).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bare", "chroot", "namespaces"})
  void isNotThereAtLowerDegreesNorInTheirClones(String degree)
      throws IOException, InterruptedException {
    String root = folder.resolve("root").toString();
    Files.createDirectories(Path.of(root, "bin"));
    // At chroot brig warns of what that is.
    Brig.Ended made = brig.run("create", "--name", "low", "--isolation", degree, root, "/bin/true");
    assertThat(made.status()).as(made.err()).isZero();
    said("clone", "low", "twin");

    for (String name : List.of("low", "twin")) {
      assertThat(limits(said("inspect", name))).isEmpty();
      assertThat(said("inspect", name)).contains("\"isolation\": \"" + degree + "\"");
      assertThat(said("explain", "start", name)).doesNotContain("pids.max");
    }
  }

  @Test
  void isExplainedAsTheDefault() throws IOException, InterruptedException {
    assertThat(said("explain", "run", "host", "true"))
        .contains("# limit the number of tasks to 2048, the default  (--pids-limit)");
    assertThat(said("explain", "run", "--pids-limit", "2048", "host", "true"))
        .contains("# limit the number of tasks to 2048  (--pids-limit)");
    assertThat(said("explain", "run", "--pids-limit", "0", "host", "true"))
        .doesNotContain("pids.max");
  }

  @Test
  void isThatOfAStepOfABuild() throws IOException, InterruptedException {
    Path context = Files.createDirectories(folder.resolve("context"));
    Files.writeString(
        context.resolve("Containerfile"),
        """
        FROM base
        USER 0
        RUN for f in /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max; do \
            [ ! -e $f ] || echo "may have $(cat $f)"; done
        """);

    said("import", Images.made("umoci"), "base");

    Brig.Ended ended = brig.run("build", "-t", "built", context.toString());
    Brig.Ended other = brig.run("build", "--no-cache", "--pids-limit", "77", context.toString());
    Brig.Ended wrong = brig.run("build", "--pids-limit", "x", context.toString());

    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.err()).contains("may have 2048");
    assertThat(other.err()).contains("may have 77");
    assertThat(wrong.status()).isEqualTo(125);
    assertThat(wrong.err()).startsWith("brig: build: --pids-limit x: not a number from -1");
  }

  @Test
  void isLeftOutWithoutAWordWhereCgroupsCanOnlyBeRead() throws IOException, InterruptedException {
    // In a mount namespace of its own: the machine's stay as they are.
    String script =
        "grep -o ' /sys/fs/cgroup[^ ]* ' /proc/self/mountinfo |"
            + " while read -r d; do mount -o remount,bind,ro $d; done; exec \"$@\"";
    Brig blind = brig.under("unshare", "-m", "sh", "-c", script, "sh");

    Brig.Ended ended = blind.run("run", "--rm", "host", "echo", "runs");
    Brig.Ended asked = blind.run("run", "--rm", "--pids-limit", "9", "host", "echo", "runs");

    assertThat(ended).isEqualTo(new Brig.Ended(0, "runs\n", ""));
    assertThat(asked.status()).isEqualTo(125);
    assertThat(asked.err()).contains("--pids-limit", "read-only");
  }
}
