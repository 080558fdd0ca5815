package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The attacks by links and mounts that have worked on container runtimes, tried on `brig-oci`;
/// each by the number under which it was published. [OciEscapeIT] has those by processes.
class OciAttackIT {
  @TempDir private static Path folder;

  private static OciAttackLab lab() {
    return OciAttackLab.in(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    lab().prepare();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().remove();
  }

  /// What an attack would do that succeeds, done: the tests would see it.
  @Test
  void noticesWhatAnAttackLeavesOnTheHost() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                "root; mknod host/dev/null c 1 3; mkdir host/m; chown 5 host/canary; host | sort");

    assertThat(brig.out()).isEqualTo("5 644\ncanary\nhost/dev/null\nhost/m\n");
  }

  /// CVE-2019-19921 and CVE-2023-27561: masks on a /proc that is a link would not be the kernel's.
  @Test
  void mountsNoProcThroughALink() throws IOException, InterruptedException {
    lab()
        .refused(
            "root; mkdir -p r/evil; rm -rf r/proc; ln -s evil r/proc; b 'sh(\"ls /proc/\")'",
            "mount proc on /proc: openat2(");
  }

  /// CVE-2023-28642: the same of /sys.
  @Test
  void mountsNoSysThroughALink() throws IOException, InterruptedException {
    lab()
        .refused(
            "root; mkdir -p r/evil; rm -rf r/sys; ln -s evil r/sys; b 'sh(\"ls /sys/\")'",
            "mount sysfs on /sys: openat2(");
  }

  /// CVE-2019-16884: with another /proc/self/attr, labels would not be set.
  @Test
  void coversNothingOfProcWithAVolume() throws IOException, InterruptedException {
    lab()
        .refused(
            "root; b 'sh(\"ls /proc/self\") | bind(\"vol\"; \"/proc/self\")'",
            "/proc/self cannot be mounted because it is inside /proc");
    lab()
        .refused(
            "root; b 'sh(\"ls /proc/self\") | bind(\"vol\"; \"proc/x/../self\")'",
            "/proc/self cannot be mounted because it is inside /proc");
  }

  @Test
  void coversNothingOfProcThroughALink() throws IOException, InterruptedException {
    lab()
        .refused(
            "root; ln -s /proc/self r/x; b 'sh(\"ls /proc/self\") | bind(\"vol\"; \"/x/attr\")'",
            "refuse to mount on /x/attr, which is inside /proc");
    lab()
        .refused(
            "root; ln -s /proc r/x; b 'sh(\"ls /proc/self\") | .mounts += [{destination: \"/x\","
                + " type: \"tmpfs\", source: \"tmpfs\"}]'",
            "refuse to mount on /x, which is inside /proc");
  }

  /// CVE-2025-52881: a /proc of files would take what is written to the kernel.
  @Test
  void takesNoDirectoryForProc() throws IOException, InterruptedException {
    String why = "/proc cannot be mounted because it is not of type proc";
    lab().refused("root; b 'sh(\"ls /proc\") | bind(\"vol\"; \"/proc\")'", why);
    lab()
        .refused(
            "root; b 'sh(\"ls /proc\") | .mounts += [{destination: \"/proc\", type: \"tmpfs\","
                + " source: \"tmpfs\"}]'",
            why);
  }

  @Test
  void letsFiguresOfTheMachineBeCoveredAndTheHostsProcBeBound()
      throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root
                b 'sh("cat /proc/cpuinfo") | bind("host/canary"; "/proc/cpuinfo")'; try
                b 'sh("stat -f -c %t /proc/") | without("/proc") | bind("/proc"; "/proc")'; try
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("canary\nstatus 0\n9fa0\nstatus 0\n");
  }

  /// CVE-2025-52881: a setting that is written to what was mounted over it.
  @Test
  void writesNoSettingElsewhere() throws IOException, InterruptedException {
    String sysctl = " | .linux.sysctl = {\"net.ipv4.ip_forward\": \"1\"}'";
    lab()
        .refused(
            "root; b 'sh(\"true\") | bind(\"host/canary\"; \"/proc/sys/net/ipv4/ip_forward\")"
                + sysctl,
            "is inside /proc");
    lab()
        .refused(
            "root; ln -s /proc/sys/net/ipv4 r/y; b 'sh(\"true\") |"
                + " bind(\"host/canary\"; \"/y/ip_forward\")"
                + sysctl,
            "is inside /proc");
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; mkdir -p r/proc/sys/net/ipv4; ln -s "$LAB/host/canary" r/proc/sys/net/ipv4/ip_forward
                b 'sh("cat /proc/sys/net/ipv4/ip_forward") | .linux.sysctl = {"net.ipv4.ip_forward": "1"}'
                try; host
                """);
    assertThat(brig.out()).as(brig.err()).isEqualTo("1\nstatus 0\n" + OciAttackLab.HARMLESS);
  }

  /// CVE-2019-18837, CVE-2021-30465, CVE-2024-45310: targets are made and mounted behind a link.
  @Test
  void makesNoTargetBehindALink() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; mkdir -p "r$LAB/host"
                ln -s "$LAB/host" vol/abs; ln -s ../../../../../../../../../../../..$LAB/host vol/rel
                ln -s /proc/self/root/../../../../../../../../..$LAB/host vol/magic
                for link in abs rel; do
                  b 'sh("cd '"$LAB"'/host && ls && cat f && grep -q host/m /proc/self/mountinfo") | bind("vol"; "/vol")
                    | .mounts += [{destination: "/vol/'$link'/m", type: "tmpfs", source: "tmpfs"}]
                    | bind("vol"; "/vol/'$link'/n") | bind("host/canary"; "/vol/'$link'/f")'
                  try; rm -rf --one-file-system "r$LAB/host"/*
                done
                b 'sh("true") | bind("vol"; "/vol") | bind("host/canary"; "/vol/magic/f")'; try 2>/dev/null
                host
                """);

    String inside = "f\nm\nn\ncanary\nstatus 0\n";
    assertThat(brig.out())
        .as(brig.err())
        .isEqualTo(inside + inside + "status 1\n" + OciAttackLab.HARMLESS);
  }

  /// CVE-2021-30465: the link takes the directory's place when it has been looked at.
  private static void exchanges(int times) throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; mkdir vol/swap; ln -s "$LAB/host" vol/link; ln -s ../../../../../../../../../../../..$LAB/host vol/rel
                b 'sh("true") | bind("vol"; "/vol") | bind("vol"; "/vol/swap/n") | bind("host/canary"; "/vol/swap/f")
                  | .mounts += [{destination: "/vol/swap/m", type: "tmpfs", source: "tmpfs"}]'
                r/bin/attack exchange vol/swap vol/link & one=$!
                r/bin/attack exchange vol/link vol/rel & two=$!
                i=0; while [ $i -lt TIMES ]; do i=$((i+1))
                  timeout 30 $RT run -b b $NAME </dev/null >/dev/null 2>>refused; case $? in 0 | 1) ;; *) echo "status $?" ;; esac
                done
                kill $one $two; ls -A brig-state; host
                """
                    .replace("TIMES", "" + times));

    assertThat(brig.out()).as(brig.err()).isEqualTo(OciAttackLab.HARMLESS);
  }

  @Test
  void makesNoTargetBehindALinkThatTakesADirectorysPlace()
      throws IOException, InterruptedException {
    exchanges(3);
  }

  @Test
  @Tag("thorough")
  void makesNoTargetBehindALinkThatOftenTakesADirectorysPlace()
      throws IOException, InterruptedException {
    exchanges(50);
  }

  /// CVE-2026-41579, CVE-2026-47766: devices are made where the image's /dev leads to.
  @Test
  void makesNoDeviceWhereTheImagesDevLeadsTo() throws IOException, InterruptedException {
    String script =
        """
        for link in "$LAB/host/dev" ../../../../../../../../../../../..$LAB/host/dev; do
          root; rm -rf r/dev; ln -s "$link" r/dev
          b 'sh("true") | without("/dev")'; try >/dev/null 2>&1; host
        done
        """;

    assertThat(lab().brig(script).out()).isEqualTo(OciAttackLab.HARMLESS + OciAttackLab.HARMLESS);
    // runc 1.1.5 follows the link, which shows that this test would notice.
    if (lab().runc("$RT --version | head -1").out().contains(" 1.1.5")) {
      assertThat(lab().runc(script).out()).contains("host/dev/ptmx\n");
    }
  }

  @Test
  void makesNoDeviceBelowALinkInTheImagesDev() throws IOException, InterruptedException {
    String tun = " | .linux.devices = [{path: \"/dev/sub/tun\", type: \"c\", major: 1, minor: 3}]'";
    String image =
        "root; rm -rf r/dev; mkdir r/dev; ln -s \"$LAB/host/dev\" r/dev/sub; b 'sh(\"true\")";
    lab().refused(image + " | without(\"/dev\")" + tun, "make /dev/sub/tun");
    lab()
        .refused(
            image
                + " | .mounts |= map(if .destination == \"/dev\" then .options += [\"tmpcopyup\"]"
                + " else . end)"
                + tun,
            "make /dev/sub/tun");
  }

  @Test
  void givesNobodyAFileThatADevicesNameLeadsTo() throws IOException, InterruptedException {
    lab()
        .refused(
            """
            root; rm -rf r/dev; mkdir r/dev; ln -s "$LAB/host/canary" r/dev/foo
            b 'sh("true") | without("/dev")
              | .linux.devices = [{path: "/dev/foo", type: "c", major: 1, minor: 3, uid: 5, gid: 5}]'
            """,
            "make /dev/foo");
  }

  @Test
  void takesDevicesThatAreThereAlreadyAndNothingElseForThem()
      throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; rm -rf r/dev; mkdir r/dev
                b 'sh("stat -c %t:%T /dev/foo") | without("/dev")
                  | .linux.devices = [{path: "/dev/foo", type: "c", major: 1, minor: 7}]'
                try; try; rm r/dev/foo; mknod r/dev/foo c 1 3; try 2>/dev/null; rm r/dev/foo; echo >r/dev/foo; try 2>/dev/null
                """);

    assertThat(brig.out())
        .as(brig.err())
        .isEqualTo("1:7\nstatus 0\n1:7\nstatus 0\nstatus 1\nstatus 1\n");
  }

  /// CVE-2025-31133: the image's /dev/null as what hides paths.
  @Test
  void hidesPathsBehindTheHostsNullOnly() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; rm -rf r/dev; mkdir r/dev; echo x >r/masked; ln -s /proc/sys/kernel/ostype vol/null
                b 'sh("stat -c %t:%T /masked") | without("/dev") | bind("vol"; "/dev")
                  | .linux.maskedPaths = ["/masked", "/proc/sysrq-trigger"]'
                try
                ln -s /proc/sys/kernel/ostype r/dev/null; b 'sh("stat -c %t:%T /masked") | without("/dev") | .linux.maskedPaths = ["/masked"]'
                try 2>/dev/null
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("1:3\nstatus 0\nstatus 1\n");
  }

  /// CVE-2025-52565: the terminal is mounted where /dev/console leads to.
  @Test
  void putsTheTerminalOnNoFileOfTheKernels() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; rm -rf r/dev; mkdir r/dev; ln -s /proc/sys/kernel/ostype r/dev/console
                b 'sh("cat /proc/sys/kernel/ostype; stat -c %t /dev/console; ls -d /console") | .process.terminal = true
                  | .mounts |= map(select(.destination | . != "/dev" and . != "/dev/shm" and . != "/dev/mqueue"))'
                terminal() { timeout 20 script -qec "$RT run -b b $NAME" /dev/null </dev/null; echo "status $?"; }
                terminal; rm r/dev/console; terminal; ls -A brig-state
                """);

    assertThat(brig.out().replace("\r", ""))
        .contains("refuse to mount on /dev/console, which is inside /proc")
        .contains("status 1\n")
        .contains("Linux\n88\n")
        .contains("/console: No such file");
  }

  /// A device or a pipe in the place of a file that brig itself reads.
  @Test
  void opensNothingButAFileForTheImagesUsers() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; b 'sh("echo $HOME")'
                rm r/etc/passwd; mkfifo r/etc/passwd; try
                rm r/etc/passwd; mknod r/etc/passwd c 1 5; strace -f -o trace -e trace=openat2 $RT run -b b $NAME </dev/null
                grep etc/passwd trace | grep -v O_PATH
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("/\nstatus 0\n/\n");
  }
}
