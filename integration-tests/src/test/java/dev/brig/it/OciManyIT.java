package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Many containers of `brig-oci` at once, through podman and without it: all run, and nothing is
/// left of them.
@ResourceLock("podman's locks")
class OciManyIT {
  private static final Duration LIMIT = Duration.ofMinutes(12);

  private static final String PRELUDE =
      """
      cd "$LAB"
      # What there is of containers whose numbers are in the file "ids": whole lines, of this machine.
      left() {
        while read -r id; do
          ls -d /run/brig/oci/$id brig-state/$id 2>/dev/null
          find /sys/fs/cgroup -name "*$id*"; grep -F "$id" /proc/self/mountinfo
          for process in /proc/[0-9]*; do
            if grep -qsF $id $process/cmdline || grep -qsF $id $process/cgroup; then
              case $(cat $process/stat 2>/dev/null) in "" | *") Z "*) ;; *) echo "$process $(tr '\\0' ' ' <$process/cmdline)" ;; esac
            fi
          done
        done <ids
      }
      mine() { for pid in $(cat pids); do readlink /proc/$pid/ns/net; done | sort -u; }
      networks() { readlink /proc/[0-9]*/ns/net | sort -u; }
      # What ends in the background has a moment.
      nothing() {
        i=0; while left >list; networks | grep -Fxf nets >>list; [ -s list ] && [ $i -lt 100 ]; do i=$((i+1)); sleep 0.1; done
        cat list
      }
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    new OciLab(folder).prepare();
    Files.writeString(
        folder.resolve("containers.conf"),
        """
        [containers]
        default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
        [engine]
        runtime_supports_json = ["brig-oci", "runc"]
        """);
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    if (Files.exists(Path.of("/usr/bin/podman"))) {
      var _ = shell("$PODMAN rm -af -t 0; umount podman/overlay 2>/dev/null");
    }
    new OciLab(folder).remove();
  }

  private static Brig.Ended shell(String script) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                "unshare",
                "-m",
                "--propagation",
                "private",
                "timeout",
                "" + LIMIT.minusMinutes(1).toSeconds(),
                "sh",
                "-c",
                PRELUDE + script));
    Path brig = Checkout.root().resolve("brig-oci");
    builder.environment().put("LAB", folder.toString());
    builder.environment().put("NAME", "brig-it-" + folder.getFileName());
    builder.environment().put("RT", brig + " --root " + folder.resolve("brig-state"));
    builder.environment().put("CONTAINERS_CONF", folder.resolve("containers.conf").toString());
    builder
        .environment()
        .put(
            "PODMAN",
            ("podman --root %1$s/podman --runroot %1$s/run --tmpdir %1$s/tmp"
                    + " --storage-driver overlay --cgroup-manager=cgroupfs --events-backend=none"
                    + " --runtime %2$s")
                .formatted(folder, brig));
    return Shell.ended(builder, LIMIT);
  }

  private static void throughPodman(int count) throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/usr/bin/podman")), "needs podman");
    Brig.Ended ended =
        shell(
            """
            $PODMAN image exists localhost/t || tar -C rootfs -c . | $PODMAN import -q - localhost/t:latest >/dev/null
            i=0; while [ $i -lt COUNT ]; do i=$((i+1))
              { $PODMAN run -d --network none t sleep 1000 >/dev/null || echo "failed $i"; } &
            done; wait
            $PODMAN ps -q --no-trunc >ids; wc -l <ids; $PODMAN ps --format '{{.Pid}}' >pids; mine >nets; wc -l <nets
            [ -d /run/brig/oci/$(head -1 ids) ] && left | grep ^/ | cut -d/ -f2 | sort -u | tr '\\n' ' '; echo
            for id in $(cat ids); do { $PODMAN exec $id true || echo "exec: $?"; } & done; wait
            for id in $(cat ids); do { $PODMAN rm -f -t 0 $id >/dev/null || echo "rm: $?"; } & done; wait
            $PODMAN ps -aq; nothing
            """
                .replace("COUNT", "" + count));

    assertThat(ended.out()).as(ended.err()).isEqualTo(count + "\n" + count + "\nproc run sys \n");
  }

  @Test
  void leavesNothingOfSomeAtOnceThroughPodman() throws IOException, InterruptedException {
    throughPodman(10);
  }

  @Test
  @Tag("thorough")
  void leavesNothingOfManyAtOnceThroughPodman() throws IOException, InterruptedException {
    throughPodman(100);
  }

  private static void directly(int count) throws IOException, InterruptedException {
    Brig.Ended ended =
        shell(
            """
            mkdir -p b; (cd b; rm -f config.json; $RT spec)
            jq --arg root "$LAB/rootfs" '.process.terminal = false | .root.path = $root | .process.args = ["sleep", "1000"]' b/config.json >c
            mv c b/config.json
            i=0; while [ $i -lt COUNT ]; do i=$((i+1)); echo "$NAME-$i-"; done >ids
            for id in $(cat ids); do { $RT run -d -b b $id </dev/null >/dev/null || echo "failed $id"; } & done; wait
            $RT list -q | wc -l; $RT list -f json | jq '.[].pid' >pids; mine >nets; wc -l <nets
            for id in $(cat ids); do { $RT exec $id true || echo "exec: $?"; } & done; wait
            for id in $(cat ids); do { $RT delete -f $id || echo "delete: $?"; } & done; wait
            $RT list -q; nothing; ls -A brig-state
            """
                .replace("COUNT", "" + count));

    assertThat(ended.out()).as(ended.err()).isEqualTo(count + "\n" + count + "\n");
  }

  @Test
  void leavesNothingOfSomeAtOnce() throws IOException, InterruptedException {
    directly(10);
  }

  @Test
  @Tag("thorough")
  void leavesNothingOfManyAtOnce() throws IOException, InterruptedException {
    directly(50);
  }
}
