package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `--isolation vm`, `brig kernel`, `brig snapshot --to`, `brig restore` and `brig move`.
class MachineIT {
  /// Counts ten times a second, as long as nobody ends it.
  private static final String COUNT = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done";

  @TempDir static Path folder;

  private static ContainerLab lab() {
    return ContainerLab.in(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    lab().prepare();
    DebianKernel.into(folder.resolve("brig"));
  }

  @AfterEach
  void leavesNothing() throws IOException, InterruptedException {
    for (String id : lab().brig().run("ps", "-aq").out().lines().toList()) {
      String _ = lab().ok("rm", "-f", id);
    }
    String processes = ContainerLab.shell("ps -eo args").out();
    assertThat(processes.lines().filter(line -> line.startsWith("/usr/bin/qemu")))
        .noneMatch(line -> line.contains(folder.toString()));
    assertThat(processes).doesNotContain("virtiofsd -f --fd=10 -o source=" + folder);
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().remove();
  }

  /// With `b` a run of the image in a machine, and `$brig`.
  private static Brig.Ended script(String script, String... words)
      throws IOException, InterruptedException {
    String brig = "timeout -k 5 90 " + Checkout.root() + "/brig --root " + folder.resolve("brig");
    String run = brig + " run --isolation vm -u 0 -w / --entrypoint '' ";
    return ContainerLab.shell(
        "b() { " + run + "\"$@\"; }; brig='" + brig + "'\n{ " + script + "\n} | cat", words);
  }

  @Test
  void bootsTheKernelThatWasFetched() throws IOException, InterruptedException {
    JsonArray kernels = JsonParser.parseString(lab().ok("kernel", "ls", "--json")).getAsJsonArray();
    JsonObject kernel = kernels.get(0).getAsJsonObject();
    String release = kernel.get("release").getAsString();

    assertThat(script("b --rm base cat /proc/sys/kernel/osrelease").out())
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
    String before = lab().ok("kernel", "ls");

    Brig.Ended ended = lab().brig().run(("kernel " + words).split(" "));

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains(reason);
    assertThat(lab().ok("kernel", "ls")).isEqualTo(before);
    assertThat(folder.resolve("brig/kernels/.fetch")).doesNotExist();
  }

  @Test
  void passesStreamsSignalsAndStatusOn() throws IOException, InterruptedException {
    Brig.Ended ended =
        script(
            """
            echo in | b --rm -i -h there base sh -c 'cat; hostname; echo err >&2; exit 7'; echo $?
            b --rm base nosuchcommand; echo $?
            b -d --name c base sh -c 'trap "exit 4" TERM; echo up; while :; do sleep 0.1; done' >/dev/null
            until $brig logs c | grep -q up; do :; done; $brig stop -t 20 c; $brig wait c; $brig rm c
            """);

    assertThat(ended.out()).as(ended.err()).isEqualTo("in\nthere\n7\n127\nc\n4\nc\n");
    assertThat(ended.err()).contains("err\n").contains("execve(").contains("ENOENT");
  }

  @Test
  void hasATerminal() throws IOException, InterruptedException {
    JsonObject told =
        Person.plays(
            lab().brig(),
            List.of(
                List.of("expect", "/dev/console"),
                List.of("expect", "33 99"),
                List.of("send", "typed\r"),
                List.of("expect", "got typed"),
                List.of("send", "\u0003"),
                List.of("expect", "interrupted")),
            "run",
            "--rm",
            "-it",
            "--isolation",
            "vm",
            "-u",
            "0",
            "--entrypoint",
            "",
            "base",
            "sh",
            "-c",
            "tty; stty size; read -r line; trap 'echo interrupted; exit 5' INT; echo \"got $line\";"
                + " while :; do sleep 1; done");

    assertThat(told.get("status").getAsInt()).isEqualTo(5);
  }

  @Test
  void seesDirectoriesOfTheHost() throws IOException, InterruptedException {
    Path shared = Files.createDirectory(folder.resolve("a, b"));
    Files.writeString(shared.resolve("file"), "of the host\n");

    Brig.Ended ended =
        script(
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
        script("b --rm host sh -c 'cat /etc/os-release; touch /etc/" + name + " && echo made'");

    assertThat(ended.out())
        .as(ended.err())
        .isEqualTo(Files.readString(Path.of("/etc/os-release")) + "made\n");
    assertThat(Path.of("/etc", name)).doesNotExist();
  }

  @Test
  void reachesWhatTheHostDoes() throws IOException, InterruptedException {
    Brig.Ended ended =
        script(
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

  /// Tells whether lines count from 1 on without a gap.
  private static boolean counts(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).equals(Integer.toString(i + 1))) {
        return false;
      }
    }
    return lines.size() > 3;
  }

  private static final String FOLLOWING =
      """
      last() { $brig logs c | tail -n 1; }
      after() { until [ "$(last)" -gt "$1" ] 2>/dev/null; do sleep 0.1; done; }
      b -d --name c base sh -c "$1" >/dev/null; after 3
      """;

  @Test
  void goesOnFromAFileWhereItWas() throws IOException, InterruptedException {
    Path state = folder.resolve("state");

    Brig.Ended ended =
        script(
            FOLLOWING
                + """
                $brig snapshot --to "$2" c >/dev/null; $brig ps -a | grep -o 'Exited (137)'
                at=$(last); $brig restore c "$2"; after "$at"
                $brig snapshot -R --to "$2" c > /dev/null; at=$(last); after "$at"
                $brig ps --format '{{.Names}}'; $brig logs c > "$3"; $brig rm -f c
                """,
            COUNT,
            state.toString(),
            folder + "/log");

    assertThat(ended.out()).as(ended.err()).isEqualTo("Exited (137)\nc\nc\nc\n");
    assertThat(counts(folder.resolve("log"))).isTrue();
    assertThat(folder.toFile().list()).noneMatch(name -> name.contains(".part"));
  }

  @Test
  void goesOnInAnotherEmulatorWhileItRuns() throws IOException, InterruptedException {
    Brig.Ended ended =
        script(
            FOLLOWING
                + """
                one=$(pgrep -f "^/usr/bin/qemu.*$2.*unix:qmp,"); $brig move c; at=$(last); after "$at"
                two=$(pgrep -f "^/usr/bin/qemu.*$2.*unix:qmp-moved,"); [ "$one" != "$two" ] && echo another
                [ -d "/proc/$one" ] && echo "the first is still there"
                $brig move --json c | grep -c '"downtimeMillis": [0-9]'; at=$(last); after "$at"
                $brig logs c > "$3"; $brig stop -t 20 c; $brig ps -a | grep -o 'Exited ([0-9]*)'
                """,
            COUNT,
            folder + "/brig",
            folder + "/moved");

    List<String> lines = ended.out().lines().toList();
    assertThat(lines).as(ended.err()).hasSize(5);
    assertThat(lines.getFirst())
        .matches("c: moved in \\d+ ms, stood still for \\d+ ms( \\(software emulation, TCG\\))?");
    assertThat(lines.subList(1, 5)).containsExactly("another", "1", "c", "Exited (143)");
    assertThat(counts(folder.resolve("moved"))).isTrue();
  }

  @Test
  void keepsItsCallersStreamsWhereItMovesTo() throws IOException, InterruptedException {
    Brig.Ended ended =
        script(
            """
            mkfifo "$1/in"; b --rm -i --name c base sh -c 'while read -r l; do echo "got $l"; done; exit 6' \
              < "$1/in" > "$1/out" & exec 9> "$1/in"
            echo one >&9; until grep -q one "$1/out"; do sleep 0.1; done
            $brig move c >/dev/null; echo two >&9; until grep -q two "$1/out"; do sleep 0.1; done
            exec 9>&-; wait $!; echo $?; cat "$1/out"
            """,
            folder.toString());

    assertThat(ended.out()).as(ended.err()).isEqualTo("6\ngot one\ngot two\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"move", "snapshot -R --to STATE"})
  void survivesThatWhoeverMovesOrSavesItIsKilled(String command)
      throws IOException, InterruptedException {
    Brig.Ended ended =
        script(
            FOLLOWING
                + """
                for wait in 0.3 0.6 0.8 1.0 1.2 1.5 2; do
                  timeout -s KILL "$wait" $2 $3 c >/dev/null 2>&1
                done
                until $brig $3 c >/dev/null; do sleep 0.2; done
                at=$(last); after "$at"; $brig logs c > "$4"; $brig rm -f c
                """,
            COUNT,
            Checkout.root() + "/brig --root " + folder.resolve("brig"),
            command.replace("STATE", folder + "/killed"),
            folder + "/survived");

    assertThat(ended.out()).as(ended.err()).isEqualTo("c\n");
    assertThat(counts(folder.resolve("survived"))).isTrue();
  }

  @Test
  void endsWithItsSupervisor() throws IOException, InterruptedException {
    Brig.Ended ended =
        script(
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

  @Test
  void restoresNothingThatIsNotLikeTheMachine() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("text"), "no machine\n");

    Brig.Ended ended =
        script(
            FOLLOWING
                + """
                $brig restore c "$2"; $brig snapshot --to "$2" c >/dev/null
                $brig create --isolation vm -m 256m --name d base true >/dev/null
                $brig restore d "$2"; head -c 1000000 "$2" > "$2.cut"; $brig restore d "$2.cut"
                $brig restore d "$3"; $brig move d; $brig snapshot --to /nowhere/x c
                b -d --name e -v "$2:/x" base sleep 1000 >/dev/null
                until $brig top e | grep -q qmp; do sleep 0.1; done; $brig move e
                $brig create --name f base true >/dev/null; $brig move f
                """,
            COUNT,
            folder + "/of-c",
            folder + "/text");

    assertThat(ended.out()).isEmpty();
    assertThat(ended.err().lines().filter(line -> !line.startsWith("hint:")))
        .satisfiesExactly(
            line -> assertThat(line).contains("restore c: ").contains("running"),
            line -> assertThat(line).contains("other options: 512 there, 256 here"),
            line -> assertThat(line).contains("no virtual machine's snapshot, or cut off"),
            line -> assertThat(line).contains("no virtual machine's snapshot, or cut off"),
            line -> assertThat(line).contains("move d: it is created"),
            line -> assertThat(line).contains("snapshot c: it is exited"),
            line -> assertThat(line).contains("move e: directories of this machine are shared"),
            line -> assertThat(line).contains("move f: it is no virtual machine"));
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
    String _ = lab().ok("create", "--isolation", "vm", "--name", "c", "base", "true");

    Brig.Ended ended = lab().brig().run(command.split(" "));

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

    Brig.Ended ended = lab().brig().run(words);

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains(reason).contains("hint: ");
  }
}
