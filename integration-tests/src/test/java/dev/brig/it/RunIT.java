package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A container from this machine's own root, seen from inside it.
class RunIT {
  @TempDir static Path folder;

  private final Brig brig = Brig.in(folder.resolve("brig"));

  @BeforeEach
  void needsRoot() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
  }

  private String inside(String script) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("run", "--rm", "host", "sh", "-c", script);
    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();
    return ended.out();
  }

  @Test
  void printsWhatTheCommandPrints() throws IOException, InterruptedException {
    assertThat(inside("cat /etc/os-release")).contains("PRETTY_NAME=");
  }

  @Test
  void endsWithTheStatusOfTheCommand() throws IOException, InterruptedException {
    assertThat(brig.run("run", "--rm", "host", "sh", "-c", "exit 7").status()).isEqualTo(7);
  }

  @Test
  void ends128AboveTheSignalThatEndedTheCommand() throws IOException, InterruptedException {
    Brig.Ended ended =
        brig.run("run", "--rm", "--init", "host", "sh", "-c", "kill -TERM $$; sleep 5");

    assertThat(ended.status()).isEqualTo(128 + 15);
  }

  @Test
  void endsWith127AndSaysWhichCommandIsMissing() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("run", "--rm", "host", "nosuch");

    assertThat(ended.status()).isEqualTo(127);
    assertThat(ended.err()).contains("execute", "nosuch", "ENOENT");
  }

  @Test
  void endsWith126ForAFileThatIsNoProgram() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("run", "--rm", "host", "/etc/passwd");

    assertThat(ended.status()).isEqualTo(126);
    assertThat(ended.err()).contains("EACCES");
  }

  @Test
  void endsWith125ForAnUnknownImage() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("run", "--rm", "nosuchimage", "true");

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains("nosuchimage");
  }

  @Test
  void isTheFirstProcessOfItsOwnNamespaces() throws IOException, InterruptedException {
    assertThat(inside("echo $$; ls /sys/class/net; cat /proc/sys/kernel/hostname | wc -c"))
        .startsWith("1\nlo\n13\n");
  }

  @Test
  void seesNothingOfTheHostsProcesses() throws IOException, InterruptedException {
    assertThat(inside("ls /proc | grep -c '^[0-9]'").strip()).matches("[1-5]");
  }

  @Test
  void hasThePodmanDefaultCapabilitiesAndAFilter() throws IOException, InterruptedException {
    assertThat(inside("grep -E '^(CapBnd|CapEff|Seccomp):' /proc/self/status"))
        .contains("CapEff:\t00000000800405fb", "CapBnd:\t00000000800405fb", "Seccomp:\t2");
  }

  @Test
  void canNotMakeADeviceOrMount() throws IOException, InterruptedException {
    assertThat(
            inside(
                "mknod /tmp/d b 8 0 2>/dev/null || echo no device;"
                    + " mount -t tmpfs none /mnt 2>/dev/null || echo no mount"))
        .isEqualTo("no device\nno mount\n");
  }

  @Test
  void canNotWriteKernelSettings() throws IOException, InterruptedException {
    assertThat(inside("echo x 2>/dev/null > /proc/sys/kernel/ostype || echo refused"))
        .contains("refused");
  }

  @Test
  void canNotReachTheHostsRoot() throws IOException, InterruptedException {
    assertThat(inside("ls /proc/1/root/.. | head -1; awk '$5 == \"/\"' /proc/self/mountinfo"))
        .contains("overlay")
        .doesNotContain("ext4");
  }

  @Test
  void keepsItsWritesToItself() throws IOException, InterruptedException {
    assertThat(inside("echo x > /etc/brig-was-here; cat /etc/brig-was-here")).isEqualTo("x\n");

    assertThat(Path.of("/etc/brig-was-here")).doesNotExist();
  }

  @Test
  void leaksNoDescriptorOfTheCaller() throws IOException, InterruptedException {
    Brig.Ended ended =
        brig.under("sh", "-c", "exec 7</etc 9</dev/null; exec \"$@\"", "-")
            .run("run", "--rm", "host", "sh", "-c", "ls /proc/self/fd | tr '\\n' ' '");

    assertThat(ended.out().strip()).isEqualTo("0 1 2 3");
  }

  @Test
  void mountsAVolumeReadOnly() throws IOException, InterruptedException {
    Brig.Ended ended =
        brig.run(
            "run",
            "--rm",
            "-v",
            "/usr/share:/data/a/b:ro",
            "host",
            "sh",
            "-c",
            "ls /data/a/b | grep -c .; touch /data/a/b/x");

    assertThat(ended.status()).isNotZero();
    assertThat(ended.err()).contains("Read-only file system");
  }

  @Test
  void refusesAnUnknownOptionInOneLine() throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("run", "--no-such-option", "host", "true");

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains("--no-such-option");
    assertThat(ended.err().lines().count()).isLessThanOrEqualTo(2);
  }
}
