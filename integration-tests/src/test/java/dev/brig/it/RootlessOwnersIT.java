package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whose the files of an ordinary user's images and containers are.
class RootlessOwnersIT {
  private static final String WRITE =
      "mkdir -p /home/u/d/e && touch /home/u/d/e/f && chmod 0 /home/u/d/e";

  private OrdinaryUser user = OrdinaryUser.NOBODY;

  @AfterEach
  void leavesNothing() throws IOException, InterruptedException {
    user.remove();
  }

  @Test
  void keepsOwnersAndSetUserIdBitsOfAnImage() throws IOException, InterruptedException {
    user = OrdinaryUser.with(OrdinaryUser.Ids.RANGES);
    String _ = user.ok("import", user.archive().toString(), "many");

    assertThat(user.ok("run", "--rm", "many", "stat", "-c", "%u:%g %a", "/etc/shadow", "/home/u"))
        .isEqualTo("0:42 640\n1000:1000 700\n");
    assertThat(user.ok("run", "--rm", "many", "stat", "-c", "%a", "/bin/busybox"))
        .isEqualTo("4755\n");
    assertThat(user.ok("run", "--rm", "-u", "u", "many", "cat", "/home/u/file"))
        .isEqualTo("hello\n");
    assertThat(user.ok("rmi", "many")).contains("many");
    String layers = "ls " + user.state() + "/own/brig/images/layers";
    assertThat(user.shell(layers).out()).isEmpty();
    assertThat(user.shell("ls " + user.state() + "/own/brig/images/tmp").out()).isEmpty();
  }

  @Test
  void unpacksWhatItRunsByItsPath() throws IOException, InterruptedException {
    user = OrdinaryUser.with(OrdinaryUser.Ids.RANGES);
    String archive = user.archive().toString();

    assertThat(user.ok("run", "--rm", archive, "stat", "-c", "%u", "/home/u")).isEqualTo("1000\n");
    assertThat(user.refused(125, "run", "--rm", "/etc/passwd", "true"))
        .startsWith("brig: run: ")
        .contains("/etc/passwd");
    user.hasNoContainersLeft();
  }

  @Test
  void removesWhatOtherIdsWrote() throws IOException, InterruptedException {
    user = OrdinaryUser.with(OrdinaryUser.Ids.RANGES);
    String _ = user.ok("import", user.archive().toString(), "many");

    assertThat(user.ok("run", "--name", "kept", "-u", "u", "many", "sh", "-c", WRITE)).isEmpty();
    assertThat(user.ok("rm", "kept")).isEqualTo("kept\n");
    user.hasNoContainersLeft();
    assertThat(user.ok("run", "--rm", "-u", "u", "many", "sh", "-c", WRITE)).isEmpty();
    user.hasNoContainersLeft();
  }

  @Test
  void sweepsWhatOtherIdsWroteInAContainerWhoseSupervisorWasKilled()
      throws IOException, InterruptedException {
    user = OrdinaryUser.with(OrdinaryUser.Ids.RANGES);
    String _ = user.ok("import", user.archive().toString(), "many");
    String id = user.ok("run", "-d", "--rm", "-u", "u", "many", "sleep", "100").strip();
    assertThat(user.ok("exec", "-u", "u", id, "sh", "-c", WRITE)).isEmpty();
    String pid = user.state() + "/own/brig/run/containers/" + id + "/pid";
    String parent = "$(cut -d' ' -f4 " + pid + ")";
    assertThat(user.shell("kill -9 " + parent).status()).isZero();

    assertThat(user.ok("ps", "-a")).doesNotContain(id.substring(0, 12));
    user.hasNoContainersLeft();
  }

  @ParameterizedTest
  @EnumSource(
      value = OrdinaryUser.Ids.class,
      names = {"NO_RANGE", "NO_NEWUIDMAP"})
  void saysWhatIsLostWithoutARange(OrdinaryUser.Ids ids) throws IOException, InterruptedException {
    user = OrdinaryUser.with(ids);
    Brig.Ended imported = user.brig("import", user.archive().toString(), "many");

    assertThat(imported.status()).isZero();
    assertThat(imported.err()).contains("keep no owner of their own");
    assertThat(user.ok("run", "--rm", "many", "stat", "-c", "%u:%g", "/etc/shadow", "/home/u"))
        .isEqualTo("0:0\n0:0\n");
    assertThat(user.ok("unshare", "sh", "-c", "id -u")).isEqualTo("0\n");
    assertThat(user.refused(125, "run", "--rm", "-u", "u", "many", "true")).contains("usermod");
    assertThat(user.refused(125, "run", "--rm", "--group-add", "42", "many", "true"))
        .contains("--group-add 42")
        .contains("usermod");
    assertThat(user.refused(125, "run", "--rm", "--userns=keep-id", "many", "true"))
        .contains("usermod");
    assertThat(user.ok("rmi", "many")).contains("many");
    user.hasNoContainersLeft();
  }

  @Test
  void entersTheIdsOfItsContainers() throws IOException, InterruptedException {
    user = OrdinaryUser.with(OrdinaryUser.Ids.RANGES);
    Path file = user.state().resolve("own/file");

    assertThat(user.ok("unshare", "sh", "-c", "touch " + file + " && chown 33:33 " + file))
        .isEmpty();
    assertThat(user.ok("run", "--rm", "-v=" + file + ":/f", "host", "stat", "-c%u:%g", "/f"))
        .isEqualTo("33:33\n");
    assertThat(user.brig("unshare", "sh", "-c", "exit 7").status()).isEqualTo(7);
    assertThat(user.refused(127, "unshare", "nosuch")).contains("PATH");
    assertThat(user.refused(126, "unshare", "/etc/passwd")).contains("not executable");
    assertThat(Brig.in(user.state()).run("unshare", "true").err()).contains("root");
    assertThat(user.ok("unshare", "readlink", "/proc/self/ns/mnt"))
        .isNotEqualTo(user.shell("readlink /proc/self/ns/mnt").out());
  }
}
