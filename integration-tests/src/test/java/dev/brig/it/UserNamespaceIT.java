package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Root's containers with ids of their own: whose files are, inside and on disk.
class UserNamespaceIT {
  private static final String MAP = "--uidmap=0:200000:65536";

  private OrdinaryUser folder;
  private Brig brig;
  private String image = "";

  @BeforeEach
  void needsRoot() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    folder = OrdinaryUser.with(OrdinaryUser.Ids.RANGES);
    brig = Brig.in(folder.state().resolve("brig"));
    String _ = ok("import", folder.archive().toString(), "many");
    image = "many";
  }

  @AfterEach
  void leavesNothing() throws IOException, InterruptedException {
    for (String id : brig.run("ps", "-aq").out().lines().toList()) {
      var _ = brig.run("rm", "-f", id);
    }
    folder.remove();
  }

  private String ok(String... words) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run(words);
    assertThat(ended.err()).as(String.join(" ", words)).isEmpty();
    assertThat(ended.status()).as(String.join(" ", words)).isZero();
    return ended.out();
  }

  private String refused(int status, String... words) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run(words);
    assertThat(ended.err().lines().filter(line -> !line.startsWith("hint: "))).hasSize(1);
    assertThat(ended.status()).as(ended.err()).isEqualTo(status);
    return ended.err();
  }

  private static String owner(Path file) throws IOException {
    return Files.getAttribute(file, "unix:uid") + ":" + Files.getAttribute(file, "unix:gid");
  }

  @Test
  void showsTheHostsOwnersInside() throws IOException, InterruptedException {
    String type = Files.getFileStore(Path.of("/")).type();
    assumeTrue(!type.equals("overlay"), "/ is an overlay, which can't be shown with other ids");

    assertThat(ok("run", "--rm", MAP, "host", "stat", "-c%u", "/etc/shadow")).isEqualTo("0\n");
  }

  @Test
  void showsTheImagesOwnersInside() throws IOException, InterruptedException {
    assertThat(
            ok(
                "run",
                "--rm",
                MAP,
                image,
                "stat",
                "-c%u:%g",
                "/etc/shadow",
                "/home/u",
                "/etc/hosts"))
        .isEqualTo("0:42\n1000:1000\n0:0\n");
    assertThat(ok("run", "--rm", MAP, image, "cat", "/proc/self/uid_map"))
        .containsPattern("0 +200000 +65536");
  }

  @Test
  void writesTheMappedIdsToDisk() throws IOException, InterruptedException {
    String _ = ok("run", "--name", "web", MAP, "-u", "u", image, "touch", "/home/u/new");

    Path upper;
    try (var containers = Files.list(folder.state().resolve("brig/containers"))) {
      upper = containers.findFirst().orElseThrow().resolve("upper");
    }
    assertThat(owner(upper)).isEqualTo("200000:200000");
    assertThat(owner(upper.resolve("home/u/new"))).isEqualTo("201000:201000");
    Path layers = folder.state().resolve("brig/images/layers");
    try (var all = Files.walk(layers)) {
      Path untouched = all.filter(path -> path.endsWith("home/u/file")).findFirst().orElseThrow();
      assertThat(owner(untouched)).isEqualTo("1000:1000");
    }
  }

  @Test
  void isTheMappedIdOutside() throws IOException, InterruptedException {
    String id = ok("run", "-d", "--name", "web", MAP, "--memory=64m", image, "sleep", "100");

    String pid =
        Files.readString(folder.state().resolve("brig/run/containers/" + id.strip() + "/pid"));
    Path status = Path.of("/proc", pid.substring(0, pid.indexOf(' ')), "status");
    assertThat(Files.readString(status)).contains("Uid:\t200000\t200000");
    assertThat(ok("exec", "-u", "u", "web", "id", "-u")).isEqualTo("1000\n");
    assertThat(refused(127, "exec", "web", "nosuch")).contains("directories of PATH");
  }

  @Test
  void mapsTheIdsOfAVolumeOnlyIfAsked() throws IOException, InterruptedException {
    Path data = Files.createDirectory(folder.state().resolve("data"));
    String touch = "touch /mnt/f && stat -c%u /mnt/f";

    assertThat(ok("run", "--rm", MAP, "-v", data + ":/mnt:idmap", image, "sh", "-c", touch))
        .isEqualTo("0\n");
    assertThat(owner(data.resolve("f"))).isEqualTo("0:0");
    assertThat(ok("run", "--rm", MAP, "-v", data + ":/mnt", image, "stat", "-c%u", "/mnt/f"))
        .isEqualTo("65534\n");
    assertThat(ok("run", "--rm", MAP, "-v", "named:/mnt", image, "sh", "-c", touch))
        .isEqualTo("0\n");
    assertThat(owner(folder.state().resolve("brig/volumes/named/f"))).isEqualTo("200000:200000");
    assertThat(refused(125, "run", "--rm", "-v", data + ":/mnt:idmap", image, "true"))
        .contains("no user namespace")
        .contains("--uidmap");
  }

  @Test
  void reachesASourceThatItsRootCouldNotReach() throws IOException, InterruptedException {
    Path secret = Files.createDirectory(folder.state().resolve("secret"));
    Path inner = Files.createDirectory(secret.resolve("inner"));
    assertThat(OrdinaryUser.works("chmod 700 " + secret)).isTrue();

    assertThat(ok("run", "--rm", MAP, "-v", inner + ":/mnt:ro", image, "stat", "-c%F", "/mnt"))
        .isEqualTo("directory\n");
  }

  @Test
  void sharesTheUsersOfAnotherContainer() throws IOException, InterruptedException {
    String _ = ok("run", "-d", "--name", "web", MAP, image, "sleep", "100");
    String map = ok("exec", "web", "cat", "/proc/self/uid_map");
    String look = "cat /proc/self/uid_map; stat -c%u:%g /etc/shadow >/dev/null && touch /x";

    assertThat(ok("run", "--rm", "--userns=container:web", image, "sh", "-c", look)).isEqualTo(map);
    assertThat(ok("run", "--rm", MAP, "--network=container:web", image, "sh", "-c", look))
        .isEqualTo(map);
    assertThat(ok("run", "--rm", MAP, "--pid=container:web", image, "sh", "-c", "echo $$"))
        .isNotEqualTo("1\n");
    assertThat(refused(127, "run", "--rm", "--pid=container:web", image, "nosuch"))
        .contains("directories of PATH");
  }

  @Test
  void takesTheRangesOfAName() throws IOException, InterruptedException {
    String range = folder.shell("grep ^brigtest: /etc/subuid").out().split(":", -1)[1];

    assertThat(ok("run", "--rm", "--subuidname=brigtest", image, "cat", "/proc/self/uid_map"))
        .containsPattern("0 +" + range + " ");
    assertThat(refused(125, "run", "--rm", "--subuidname=nobodyhere", image, "true"))
        .contains("/etc/subuid");
    assertThat(refused(125, "run", "--rm", "--userns=keep-id", image, "true")).contains("root");
    assertThat(refused(125, "run", "--rm", "--subuidname=x", "--userns=host", image, "true"))
        .contains("--subuidname");
  }

  @Test
  void leavesNothingAfterAFailureAndAfterTheEnd() throws IOException, InterruptedException {
    assertThat(refused(125, "run", "--rm", "--uidmap=0:200000:10", "-u", "u", image, "true"))
        .contains("no mapping");
    String _ = ok("run", "--rm", MAP, image, "touch", "/x");

    Path containers = folder.state().resolve("brig/containers");
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (OrdinaryUser.works("[ $(ls -A " + containers + " | wc -l) != 0 ]")) {
      assertThat(System.nanoTime()).as("a container is left").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }
}
