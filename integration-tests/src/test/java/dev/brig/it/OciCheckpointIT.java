package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `brig-oci checkpoint` and `restore`: what criu is asked, and what is made of its answers. A
/// script stands in for criu, which on many kernels can't do it.
class OciCheckpointIT {
  /// What is mounted over /usr/local/sbin, in the test's own mount namespace.
  private static final String CRIU =
      """
      mkdir -p criu && cat >criu/criu <<'EOF'
      #!/bin/sh
      echo "$*" | tr ' ' '\\n' >"$LAB/asked"
      verb=$1
      while [ $# -gt 0 ]; do
        case $1 in
          --tree) tree=$2 ;; --work-dir) work=$2 ;; --images-dir) images=$2 ;; --pidfile) pidfile=$2 ;; --root) root=$2 ;;
        esac
        shift
      done
      if [ -e "$LAB/cannot" ]; then
        printf 'note\\n(00.05) Error (criu/x.c:1): no such thing\\n(00.06) Error (criu/y.c:2): so not\\n' >"$work/$verb.log"
        exit 1
      fi
      case $verb in
        dump) kill -9 "$tree"; : >"$images/inventory.img" ;;
        restore) ls "$root" >"$LAB/root"; sleep 1000 <&- >&- 2>&- & echo $! >"$pidfile" ;;
      esac
      EOF
      chmod +x criu/criu && mount --bind criu /usr/local/sbin; rm -f cannot
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    new OciLab(folder).prepare();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    new OciLab(folder).remove();
  }

  private static Brig.Ended run(String script) throws IOException, InterruptedException {
    return new OciLab(folder).brig(CRIU + script);
  }

  @Test
  void saysWithCriuWhyItCannot() throws IOException, InterruptedException {
    Brig.Ended brig =
        run(
            """
            bundle b '.process.args = ["sleep", "1000"]'
            $RT run -d -b b $NAME </dev/null >/dev/null; touch cannot
            $RT checkpoint --image-path c $NAME; echo $?; $RT state $NAME | jq -r .status
            touch c/inventory.img; $RT restore -b b --image-path c $NAME-2; echo $?; $RT list -q
            $RT checkpoint --empty-ns uts --image-path c $NAME 2>/dev/null; echo $?
            $RT checkpoint --detach $NAME 2>/dev/null; echo $?
            $RT delete -f $NAME; $RT checkpoint $NAME 2>/dev/null; echo $?
            """);

    assertThat(brig.out()).as(brig.err()).matches("1\\nrunning\\n1\\n[^\\n]+\\n1\\n1\\n1\\n");
    assertThat(brig.err())
        .contains("criu failed to dump: Error (criu/x.c:1): no such thing\n")
        .contains("criu failed to restore: Error (criu/x.c:1): no such thing\n")
        .contains("/c/dump.log\n");
  }

  @Test
  void freezesAContainerAndLetsItGoOn() throws IOException, InterruptedException {
    Brig.Ended brig =
        run(
            """
            bundle b '.process.args = ["sleep", "1000"] | .linux.maskedPaths = ["/proc/acpi", "/proc/keys"]
              | .mounts += [{destination: "/m", type: "bind", source: "/usr", options: ["rbind", "ro"]}]'
            $RT run -d -b b $NAME </dev/null >/dev/null
            $RT checkpoint --image-path c --work-path w --file-locks $NAME; echo $?
            grep -c "mnt./m.:/m$\\|mnt./proc/keys.:/proc/keys$\\|^--file-locks$\\|mnt./proc/acpi" asked; ls c; $RT list -q
            ls -d /sys/fs/cgroup/*/$NAME 2>/dev/null
            $RT restore -d -b b --image-path c --pid-file pid $NAME; echo $?
            grep "^mnt" asked | grep -v cgroup | sort; cmp root - <<END && echo the root
            $(ls rootfs)
            END
            [ "$(cat pid)" = "$($RT state $NAME | jq .pid)" ] && $RT state $NAME | jq -r .status
            $RT delete -f $NAME; echo $?; $RT list -q; [ -e /proc/$(cat pid)/exe ] || echo gone
            """);

    assertThat(brig.out())
        .as(brig.err())
        .isEqualTo(
            """
            0
            3
            descriptors.json
            inventory.img
            0
            mnt[/m]:/usr
            mnt[/proc/keys]:/dev/null
            the root
            running
            0
            gone
            """);
  }
}
