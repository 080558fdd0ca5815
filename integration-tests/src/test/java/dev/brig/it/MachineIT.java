package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `--isolation vm`, and `brig kernel`.
class MachineIT {
  @TempDir static Path folder;

  private static MachineLab lab() {
    return new MachineLab(folder);
  }

  /// Fetches the kernel, which others' tests copy from one another.
  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    lab().containers().prepare();
    assumeTrue(DebianKernel.fetched(folder.resolve("brig")), "SKIPPED: no kernel to be had");
  }

  @AfterEach
  void leavesNothing() throws IOException, InterruptedException {
    lab().clear();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().containers().remove();
  }

  @Test
  void bootsTheKernelThatWasFetched() throws IOException, InterruptedException {
    JsonArray kernels =
        JsonParser.parseString(lab().containers().ok("kernel", "ls", "--json")).getAsJsonArray();
    JsonObject kernel = kernels.get(0).getAsJsonObject();
    String release = kernel.get("release").getAsString();

    assertThat(lab().script("b --rm base cat /proc/sys/kernel/osrelease").out())
        .isEqualTo(release + "\n");
    assertThat(ContainerLab.shell("uname -r").out().strip()).isNotEqualTo(release);
    assertThat(Files.readAllBytes(Path.of(kernel.get("image").getAsString())))
        .asString(StandardCharsets.ISO_8859_1)
        .contains(release + " ");
  }

  @ParameterizedTest
  @CsvSource({
    "fetch no-such-package,Unable to locate package",
    "fetch hello,no kernel in it",
    "fetch /nowhere.deb,no such file",
    "rm nosuch,no such kernel",
    "boil,can't be treated so"
  })
  void refusesWhatIsNoKernel(String words, String reason) throws IOException, InterruptedException {
    String before = lab().containers().ok("kernel", "ls");

    Brig.Ended ended = lab().containers().brig().run(("kernel " + words).split(" "));

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains(reason);
    assertThat(lab().containers().ok("kernel", "ls")).isEqualTo(before);
    assertThat(folder.resolve("brig/kernels/.fetch")).doesNotExist();
  }

  @Test
  void passesStreamsSignalsAndStatusOn() throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .script(
                """
                echo in | b --rm -i -h there base sh -c 'cat; hostname; echo err > /dev/stderr; exit 7'; echo $?
                b --rm base nosuchcommand; echo $?
                b -d --name c base sh -c 'trap "exit 4" TERM; echo up; while :; do sleep 0.1; done' >/dev/null
                until $brig logs c | grep -q up; do :; done; $brig stop -t 20 c; $brig wait c; $brig rm c
                """);

    assertThat(ended.out()).as(ended.err()).isEqualTo("in\nthere\n7\n127\nc\n4\nc\n");
    assertThat(ended.err()).contains("err\n").contains("execve(").contains("ENOENT");
  }

  @Test
  void hasATerminal() throws IOException, InterruptedException {
    lab()
        .playTerminal(
            "/dev/console",
            "run",
            "--rm",
            "-it",
            "--isolation",
            "vm",
            "-u",
            "0",
            "--entrypoint",
            "",
            "base");
  }

  @Test
  void seesDirectoriesOfTheHost() throws IOException, InterruptedException {
    Path shared = Files.createDirectory(folder.resolve("a, b"));
    Files.writeString(shared.resolve("file"), "of the host\n");

    Brig.Ended ended =
        lab()
            .script(
                """
                b --rm -v "$1:/rw" -v "$1:/ro:ro" -v "$1/file:/one" -v kept:/kept base sh -c '
                  cat /ro/file /one; echo of the machine > /rw/new; cat /ro/new
                  touch /ro/more 2>/dev/null || echo read-only; mkdir /kept/made'
                $brig run --rm -v kept:/kept --entrypoint "" base ls /kept; $brig volume rm kept
                """,
                shared.toString());

    assertThat(ended.out())
        .as(ended.err())
        .isEqualTo("of the host\nof the host\nof the machine\nread-only\nmade\nkept\n");
    assertThat(Files.readString(shared.resolve("new"))).isEqualTo("of the machine\n");
    assertThat(shared.resolve("more")).doesNotExist();
  }

  @Test
  void hasThisMachinesOwnRootAndLeavesItAlone() throws IOException, InterruptedException {
    String name = "brig-machine-" + ProcessHandle.current().pid();

    Brig.Ended ended =
        lab()
            .script(
                "b --rm host sh -c 'cat /etc/os-release; touch /etc/" + name + " && echo made'");

    assertThat(ended.out())
        .as(ended.err())
        .isEqualTo(Files.readString(Path.of("/etc/os-release")) + "made\n");
    assertThat(Path.of("/etc", name)).doesNotExist();
  }

  @Test
  void reachesWhatTheHostDoes() throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .script(
                """
                python3 -c '
                import socket
                server = socket.create_server(("127.0.0.1", 0))
                print(server.getsockname()[1], flush=True)
                peer = server.accept()[0]
                peer.sendall(b"hello " + peer.recv(99))' > "$1/port" &
                until test -s "$1/port"; do :; done
                ask='import socket, sys
                s = socket.create_connection(("10.0.2.2", int(sys.argv[1])))
                s.sendall(b"there"); print(s.recv(99).decode())'
                b --rm --network host host python3 -c "$ask" "$(cat "$1/port")"
                b --rm host python3 -c "$ask" 1 2>&1 | tail -n 1
                wait
                """,
                folder.toString());

    assertThat(ended.out().lines().toList()).as(ended.err()).hasSize(2);
    assertThat(ended.out()).startsWith("hello there\n").contains("Network is unreachable");
  }

  @Test
  void endsWithItsSupervisor() throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .script(
                """
                b -d --name c -v "$1:/x" base sleep 1000 >/dev/null; until $brig top c | grep -q qmp; do :; done
                pgrep -f "^/usr/bin/qemu.*$1/brig.*unix:qmp," > "$1/emulators"; first=$($brig inspect --format '{{.state.pid}}' c)
                kill -9 "$(awk '/^PPid/ {print $2}' "/proc/$first/status")"
                while read -r emulator; do while [ -d "/proc/$emulator" ]; do sleep 0.1; done; done < "$1/emulators"
                $brig ps -a | grep -o Exited; ls "$1/brig/containers" | wc -l
                """,
                folder.toString());

    assertThat(ended.out()).as(ended.err()).isEqualTo("Exited\n1\n");
    assertThat(Files.readAllLines(folder.resolve("emulators"))).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cp c:/etc/hostname -",
        "cp /etc/hostname c:/etc/",
        "diff c",
        "export c",
        "commit c image",
        "mount c",
        "snapshot c",
        "clone c"
      })
  void hasNoFilesOnTheHost(String command) throws IOException, InterruptedException {
    String _ = lab().containers().ok("create", "--isolation", "vm", "--name", "c", "base", "true");

    Brig.Ended ended = lab().containers().brig().run(command.split(" "));

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains("what a virtual machine writes is in its memory");
  }

  @ParameterizedTest
  @CsvSource({
    "--machine microvm,VIRTIO_MMIO_CMDLINE_DEVICES",
    "--machine mainframe,no such type",
    "--kernel /etc/passwd,it is no bzImage",
    "--memory 16m,needs 64m",
    "--privileged,can't reach the host",
    "--device /dev/null,has devices of its own",
    "--network ns:/proc/1/ns/net,no namespaces of this one"
  })
  void refusesWhatAMachineHasNoNotionOf(String option, String reason)
      throws IOException, InterruptedException {
    String[] words = ("run --rm --isolation vm " + option + " base true").split(" ");

    Brig.Ended ended = lab().containers().brig().run(words);

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains(reason).contains("hint: ");
  }
}
