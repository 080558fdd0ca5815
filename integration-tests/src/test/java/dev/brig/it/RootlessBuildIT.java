package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// An ordinary user builds images, and works as root of its own user namespace.
class RootlessBuildIT {
  private static final String STEPS =
      """
      FROM many AS first
      RUN echo one >/one && busybox chown 1000:42 /one && chmod 640 /one
      USER u
      RUN echo two >/home/u/two

      FROM many
      COPY --from=first /one /home/u/two /
      COPY --chown=1000:42 mine /theirs
      COPY mine /mine
      RUN --mount=type=secret,id=word,uid=1000,mode=0400 stat -c '%u %a' /run/secrets/word >/word
      ENTRYPOINT ["stat", "-c", "%n %u:%g %a"]
      """;

  private OrdinaryUser user = OrdinaryUser.NOBODY;

  @AfterEach
  void leavesNothing() throws IOException, InterruptedException {
    user.remove();
  }

  private Path context(OrdinaryUser.Ids ids, String steps)
      throws IOException, InterruptedException {
    user = OrdinaryUser.with(ids);
    var _ = user.brig("import", user.archive().toString(), "many");
    String folder = user.state() + "/own/context";
    String script = "mkdir " + folder + " && cd " + folder + " && echo x >mine && echo y >word";
    String file = " && cat >Containerfile <<'END'\n" + steps + "END\n";
    assertThat(user.shell(script + file).status()).isZero();
    return Path.of(folder);
  }

  @Test
  void buildsWithTheIdsOfItsRanges() throws IOException, InterruptedException {
    Path context = context(OrdinaryUser.Ids.RANGES, STEPS);

    String id =
        user.ok(
            "build",
            "-q",
            "-t",
            "made",
            "--secret",
            "id=word,src=" + context + "/word",
            context.toString());

    assertThat(user.ok("images", "-q", "--no-trunc")).contains(id.strip());
    assertThat(user.ok("run", "--rm", "made", "/one", "/two", "/theirs", "/mine"))
        .isEqualTo("/one 1000:42 640\n/two 1000:1000 644\n/theirs 1000:42 644\n/mine 0:0 644\n");
    assertThat(user.ok("run", "--rm", "--entrypoint", "", "made", "cat", "/word"))
        .isEqualTo("1000 400\n");
    String brig = Checkout.root().resolve("brig").toString();
    String list =
        brig
            + " create --name c made >/dev/null && "
            + brig
            + " export c | tar -tv --numeric-owner | grep -E '(one|theirs)$'";
    assertThat(user.shell(list).out().lines())
        .satisfiesExactlyInAnyOrder(
            line -> assertThat(line).startsWith("-rw-r----- 1000/42 ").endsWith("one"),
            line -> assertThat(line).startsWith("-rw-r--r-- 1000/42 ").endsWith("theirs"));
  }

  @Test
  void buildsWithItsOwnIdAlone() throws IOException, InterruptedException {
    String steps =
        "FROM many\nRUN echo one >/one\nCOPY mine /\nCMD [\"cat\", \"/one\", \"/mine\"]\n";
    Path context = context(OrdinaryUser.Ids.NO_RANGE, steps);

    var _ = user.ok("build", "-q", "-t", "made", context.toString());

    assertThat(user.ok("run", "--rm", "made")).isEqualTo("one\nx\n");
  }

  @Test
  void saysWhichStepFailedAndLeavesNothing() throws IOException, InterruptedException {
    Path context = context(OrdinaryUser.Ids.RANGES, "FROM many\nRUN echo why >&2; exit 3\n");

    assertThat(user.brig("build", "-q", context.toString()))
        .satisfies(ended -> assertThat(ended.status()).isEqualTo(125))
        .satisfies(ended ->
            assertThat(ended.err())
                .startsWith("why\nbrig: Containerfile:2: RUN echo why")
                .contains("exit status 3"));
    user.hasNoContainersLeft();
  }

  @Test
  void runsContainersAndMountsRootsInItsNamespace() throws IOException, InterruptedException {
    Path _ = context(OrdinaryUser.Ids.RANGES, "");
    String brig = Checkout.root().resolve("brig").toString();

    assertThat(
            user.ok("unshare", brig, "run", "--rm", "many", "stat", "-c", "%u:%g", "/etc/shadow"))
        .isEqualTo("0:42\n");
    assertThat(user.ok("unshare", brig, "run", "--rm", "-u", "u", "many", "id", "-u"))
        .isEqualTo("1000\n");
    var _ = user.ok("create", "--name", "c", "many", "true");
    String look = "stat -c %u:%g $(" + brig + " mount c)/home/u/file && " + brig + " umount c";
    assertThat(user.ok("unshare", "sh", "-c", look)).isEqualTo("1000:1000\nc\n");
    assertThat(user.refused(125, "mount", "c")).contains("brig unshare brig mount");
  }
}
