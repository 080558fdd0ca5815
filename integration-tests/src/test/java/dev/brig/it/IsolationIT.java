package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What separates a container from the host, and what it shares only when asked.
class IsolationIT {
  @TempDir static Path folder;

  private final Brig brig = Brig.in(folder.resolve("brig"));

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  private static String own(String namespace) throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self/ns", namespace)).toString();
  }

  private String inside(String namespace, String... options)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("run", "--rm"));
    words.addAll(List.of(options));
    words.addAll(List.of("host", "readlink", "/proc/self/ns/" + namespace));
    Brig.Ended ended = brig.run(words.toArray(new String[0]));
    assertThat(ended.status()).as(ended.err()).isZero();
    return ended.out().strip();
  }

  @ParameterizedTest
  @CsvSource({"pid,--pid", "ipc,--ipc", "uts,--uts", "net,--network", "cgroup,--cgroupns"})
  void hasANamespaceOfItsOwnUnlessItSharesTheHosts(String namespace, String option)
      throws IOException, InterruptedException {
    assertThat(inside(namespace)).isNotEqualTo(own(namespace));
    assertThat(inside(namespace, option, "host")).isEqualTo(own(namespace));
  }

  @ParameterizedTest
  @CsvSource({"user,--userns", "time,--time"})
  void sharesTheHostsUnlessItAsksForItsOwn(String namespace, String option)
      throws IOException, InterruptedException {
    assumeTrue(
        namespace.equals("time") || !Files.getFileStore(Path.of("/")).type().equals("overlay"),
        "/ is an overlay, which can't be shown with other ids");

    assertThat(inside(namespace)).isEqualTo(own(namespace));
    assertThat(inside(namespace, option, "private")).isNotEqualTo(own(namespace));
  }

  @ParameterizedTest
  @CsvSource({"pid,--pid", "ipc,--ipc", "uts,--uts", "net,--network", "cgroup,--cgroupns"})
  void sharesAnotherContainersWhenAsked(String namespace, String option)
      throws IOException, InterruptedException {
    var _ = brig.run("run", "-d", "--name", "base", "host", "sleep", "1000");
    try {
      String base =
          brig.run("exec", "base", "readlink", "/proc/self/ns/" + namespace).out().strip();

      assertThat(inside(namespace, option, "container:base"))
          .isEqualTo(base)
          .isNotEqualTo(own(namespace));
    } finally {
      var _ = brig.run("rm", "-f", "base");
    }
  }

  @Test
  void knowsTheNamesOfTheContainerWhoseNetworkItShares() throws IOException, InterruptedException {
    var _ =
        brig.run(
            "run",
            "-d",
            "--name",
            "base",
            "--add-host",
            "db:192.0.2.7",
            "--dns",
            "192.0.2.53",
            "host",
            "sleep",
            "1000");
    try {
      Brig.Ended seen =
          brig.run(
              "run",
              "--rm",
              "--network",
              "container:base",
              "--hostname",
              "second",
              "host",
              "cat",
              "/etc/hosts",
              "/etc/resolv.conf");

      assertThat(seen.out().lines())
          .contains("192.0.2.7\tdb", "127.0.1.1\tsecond", "nameserver 192.0.2.53");
    } finally {
      var _ = brig.run("rm", "-f", "base");
    }
  }

  /// Runs a script whose mounts are its own. `$1` is a folder, `brig` is brig.
  private static String amongPrivateMounts(String script) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory(folder, "work");
    String brigs = "brig() { " + Checkout.root().resolve("brig") + " \"$@\"; }; ";
    ProcessBuilder shell =
        new ProcessBuilder(
            "unshare",
            "-m",
            "--propagation",
            "private",
            "sh",
            "-c",
            brigs + script,
            "-",
            work.toString());
    shell.environment().put("BRIG_ROOT", folder.resolve("brig").toString());
    Brig.Ended ended = Shell.ended(shell);
    assertThat(ended.status()).as(ended.err()).isZero();
    return ended.out();
  }

  private static final String LATER =
      """
      set -e
      mount -t tmpfs shared "$1"; mount --make-shared "$1"; mkdir "$1/sub"
      brig run -d --name later -v "$1:/mnt%s" host sleep 1000 >/dev/null
      mount -t tmpfs later "$1/sub"; touch "$1/sub/file"
      brig exec later ls /mnt/sub
      brig rm -f later >/dev/null
      """;

  @Test
  void doesNotSeeWhatIsMountedLater() throws IOException, InterruptedException {
    assertThat(amongPrivateMounts(LATER.formatted(""))).isEmpty();
  }

  @Test
  void seesWhatIsMountedLaterAsASlave() throws IOException, InterruptedException {
    assertThat(amongPrivateMounts(LATER.formatted(":rslave"))).isEqualTo("file\n");
  }

  @Test
  void leaksNoMountOfItsOwn() throws IOException, InterruptedException {
    String script =
        """
        set -e
        mount -t tmpfs shared "$1"; mount --make-rshared /
        brig run --rm --cap-add SYS_ADMIN -v "$1:/data" host \
          sh -c 'mount -t tmpfs inner /mnt && mkdir /data/d && mount -t tmpfs inner /data/d && echo mounted'
        grep -c inner /proc/self/mountinfo || true
        """;

    assertThat(amongPrivateMounts(script)).isEqualTo("mounted\n0\n");
  }

  @Test
  void addsNoOverlayToTheHostsWhereNothingIsWritten() throws IOException, InterruptedException {
    String script =
        """
        set -e; cd "$1"
        mount -t tmpfs tmpfs . && cd "$PWD" && mkdir upper work root
        mount -t overlay -o lowerdir=/,upperdir=upper,workdir=work overlay root
        for d in /dev /proc /sys /tmp CHECKOUT; do mount --rbind $d root$d; done
        chroot root env BRIG_ROOT="$BRIG_ROOT" CHECKOUT/brig run --rm --read-only -v /dev/null:/etc/shells host sh -c '
          touch /etc/x 2>/dev/null || echo read-only
          while read -r a b c d point e; do [ "$point" != / ] || echo "$e"; done </proc/self/mountinfo'
        find upper -name x -o -name shells
        """
            .replace("CHECKOUT", Checkout.root().toString());

    assertThat(amongPrivateMounts(script))
        .startsWith("read-only\n")
        .containsPattern("ro,.* overlay rw,.*upperdir=upper,workdir=work")
        .hasLineCount(2);
  }

  @Test
  void stacksTheHostsRootWhereAMountHasNoPlaceInIt() throws IOException, InterruptedException {
    Brig.Ended ended =
        brig.run("run", "--rm", "--read-only", "-v", "/usr/bin:/new", "host", "ls", "/new/env");

    assertThat(ended).isEqualTo(new Brig.Ended(0, "/new/env\n", ""));
    assertThat(Path.of("/new")).doesNotExist();
  }

  @Test
  void hasNoMountOfTheHostBelowItsRoot() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("run", "--rm", "host", "awk", "{print $5}", "/proc/self/mountinfo");

    assertThat(ended.out().lines())
        .contains("/", "/proc", "/dev", "/sys")
        .allMatch(point ->
            point.equals("/")
                || point.matches("/(proc|dev|sys)(/.*)?")
                || point.matches("/etc/(hosts|hostname|resolv\\.conf)"));
  }

  @Test
  void canNotClimbOutOfItsRoot() throws IOException, InterruptedException {
    String climb =
        "import os; os.chdir('/'); f=os.open('/', os.O_RDONLY); os.mkdir('/jail');"
            + " os.chroot('/jail'); os.fchdir(f); [os.chdir('..') for _ in range(64)];"
            + " os.chroot('.'); print(open('/etc/mark').read())";

    Brig.Ended ended =
        brig.run(
            "run", "--rm", "host", "sh", "-c", "echo inside > /etc/mark; python3 -c \"$0\"", climb);

    assertThat(ended.out().strip()).as(ended.err()).isEqualTo("inside");
    assertThat(Path.of("/etc/mark")).doesNotExist();
  }
}
