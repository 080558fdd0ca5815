package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A caller that waits until the container's command is ready, as systemd does: NOTIFY_SOCKET.
class OciNotifyIT {
  // `listen NAME` begins to write what arrives to a file, and `waits` says what that is, with the
  // number of the container's process as PID.
  private static final String LISTENER =
      """
      listen() {
        rm -f "$1.sock" "$1.ready"; python3 -c 'import socket, sys
      s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1] + ".sock")
      print("bound", flush=True)
      with open(sys.argv[1] + ".heard", "wb", 0) as out:
        while True:
          out.write(s.recv(4096))' "$1" >"$1.ready" & listener=$!
        until [ -s "$1.ready" ]; do sleep 0.05; done; export NOTIFY_SOCKET="$PWD/$1.sock"
      }
      heard() { sed "s/MAINPID=$2\\$/MAINPID=PID/" "$1.heard"; echo; kill $listener; unset NOTIFY_SOCKET; }
      pid() { $RT state $1 | jq .pid; }
      end() { $RT delete -f $1; }
      """;

  @TempDir static Path folder;

  private static OciLab lab() {
    return new OciLab(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/usr/bin/gcc")), "needs gcc");
    lab().prepare();
    compile(folder.resolve("rootfs/bin/notify"));
  }

  /// Makes a program that says its words to whoever listens.
  static void compile(Path program) throws IOException, InterruptedException {
    Path source =
        Checkout.root().resolve("integration-tests/src/test/resources/dev/brig/it/notify.c");
    Brig.Ended made =
        ContainerLab.shell("gcc -static -o \"$1\" \"$2\"", program.toString(), source.toString());
    assertThat(made.status()).as(made.err()).isZero();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().remove();
  }

  @Test
  void startWaitsForTheOneWordAndPassesItOn() throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .brig(
                LISTENER
                    + """
                    listen a; bundle b '.process.user = {uid: 1000, gid: 1000} | .process.args = ["sh", "-c",
                      "echo $NOTIFY_SOCKET >&2; sleep 1; notify STATUS=no WATCHDOG=1 READY=0 \\"STOPPING=1\\nX=READY=1\\"; sleep 1; notify READY=1; exec sleep 100"]'
                    $RT create --bundle b a </dev/null 2>err >/dev/null; $RT start a; cat err; heard a $(pid a); end a
                    """);

    assertThat(ended.out())
        .as(ended.err())
        .isEqualTo("/run/notify/notify.sock\nREADY=1\nMAINPID=PID\nBARRIER=1\n");
    assertThat(folder.resolve("brig-state")).isEmptyDirectory();
  }

  @Test
  void rootOfAUserNamespaceIsHeard() throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .brig(
                LISTENER
                    + """
                    chmod 755 .; cp -a rootfs ur; chown -R 200000:200000 ur; listen u
                    bundle u '.root.path = ($root | sub("rootfs$"; "ur")) | .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 200000, size: 65536}]
                      | .linux.gidMappings = .linux.uidMappings | .process.args = ["sh", "-c", "notify READY=1; exec sleep 100"]'
                    $RT create --bundle u u </dev/null >/dev/null; $RT start u; heard u $(pid u); end u
                    """);

    assertThat(ended.out()).as(ended.err()).isEqualTo("READY=1\nMAINPID=PID\nBARRIER=1\n");
  }

  @Test
  void startEndsWithACommandThatSaysNothing() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                LISTENER
                    + """
                    listen e; bundle e '.process.args = ["sh", "-c", "sleep 1; exit 5"]'
                    $RT create --bundle e e </dev/null >/dev/null 2>&1; $RT start e; echo $?; $RT state e | jq -r .status; heard e; end e
                    bundle n '.process.args = ["sh", "-c", "echo ${NOTIFY_SOCKET-nothing}; ls /run/notify 2>/dev/null"]'; $RT run -b n n
                    """);

    assertThat(out).isEqualTo("0\nstopped\n\nnothing\n");
  }

  // An older runc sends no barrier.
  @Test
  void runTellsToo() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                LISTENER
                    + """
                    bundle r '.process.args = ["sh", "-c", "sleep 1; notify READY=1; exec sleep 100"]'
                    listen r; exec 3<r/config.json; $RT run -d --preserve-fds 1 --pid-file p -b r r </dev/null >/dev/null 2>&1; echo $?
                    [ "$(cat p)" = "$(pid r)" ] && heard r "$(pid r)" | grep -e READY -e MAINPID; end r
                    bundle f '.process.args = ["sh", "-c", "notify READY=1; sleep 1; read a; exit $a"]'
                    listen f; echo 3 | $RT run -b f f; echo $?; grep -c READY f.heard; heard f >/dev/null; $RT list -q
                    bundle x '.process.args = ["nope"]'; listen x; $RT run -d -b x x </dev/null >/dev/null 2>err; echo $?
                    grep -o 'executable file not found in .PATH' err | head -1; heard x; $RT list -q
                    """);

    assertThat(out)
        .isEqualTo("0\nREADY=1\nMAINPID=PID\n3\n1\n1\nexecutable file not found in $PATH\n\n");
    assertThat(folder.resolve("brig-state")).isEmptyDirectory();
  }
}
