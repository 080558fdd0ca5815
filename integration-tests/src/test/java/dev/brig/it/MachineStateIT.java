package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The state of virtual machines that run: `brig snapshot --to`, `brig restore` and `brig move`.
class MachineStateIT {
  /// Counts ten times a second, as long as nobody ends it.
  private static final String COUNT = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done";

  private static final String FOLLOWING =
      """
      last() { $brig logs c | tail -n 1; }
      after() { until [ "$(last)" -gt "$1" ] 2>/dev/null; do sleep 0.1; done; }
      b -d --name c base sh -c "$1" >/dev/null; after 3
      """;

  @TempDir static Path folder;

  private static MachineLab lab() {
    return new MachineLab(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    lab().prepare();
  }

  @AfterEach
  void leavesNothing() throws IOException, InterruptedException {
    lab().clear();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().containers().remove();
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

  @Test
  void goesOnFromAFileWhereItWas() throws IOException, InterruptedException {
    Path state = folder.resolve("state");

    Brig.Ended ended =
        lab()
            .script(
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
        lab()
            .script(
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
  void movesWhenItHasJustBeenStarted() throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .script(
                """
                b -d --name c base sh -c "$1" >/dev/null; $brig move c | grep -o moved
                until [ "$($brig logs c | tail -n 1)" -gt 3 ] 2>/dev/null; do sleep 0.1; done
                $brig logs c > "$2"; $brig rm -f c
                """,
                COUNT,
                folder + "/started");

    assertThat(ended.out()).as(ended.err()).isEqualTo("moved\nc\n");
    assertThat(counts(folder.resolve("started"))).isTrue();
  }

  @Test
  void goesOnWhereItWasWhenTheOtherEmulatorIsKilled() throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .script(
                FOLLOWING
                    + """
                    $brig move c > "$3" 2>&1 & until [ -S "$2"/containers/*/migration ]; do :; done
                    pkill -9 -f "^/usr/bin/qemu.*$2.*unix:qmp-moved,"; wait $!; echo $?; grep -c '^brig: move' "$3"
                    at=$(last); after "$at"; $brig move c | grep -o moved; at=$(last); after "$at"
                    $brig logs c > "$4"; $brig rm -f c
                    """,
                COUNT,
                folder + "/brig",
                folder + "/refused",
                folder + "/stayed");

    assertThat(ended.out()).as(ended.err()).isEqualTo("125\n1\nmoved\nc\n");
    assertThat(counts(folder.resolve("stayed"))).isTrue();
  }

  @Test
  void keepsItsCallersStreamsWhereItMovesTo() throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .script(
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
    survives(command, "0.6 1.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"move", "snapshot -R --to STATE"})
  @Tag("thorough")
  void survivesThatManyWhoMoveOrSaveItAreKilled(String command)
      throws IOException, InterruptedException {
    survives(command, "0.3 0.6 0.8 1.0 1.2 1.5 2");
  }

  /// @param seconds after how many the command is killed, one after the other
  private static void survives(String command, String seconds)
      throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .script(
                FOLLOWING
                    + """
                    for wait in $5; do
                      timeout -s KILL "$wait" $2 $3 c >/dev/null 2>&1
                    done
                    until $brig $3 c >/dev/null; do sleep 0.2; done
                    at=$(last); after "$at"; $brig logs c > "$4"; $brig rm -f c
                    """,
                COUNT,
                Checkout.root() + "/brig --root " + folder.resolve("brig"),
                command.replace("STATE", folder + "/killed"),
                folder + "/survived",
                seconds);

    assertThat(ended.out()).as(ended.err()).isEqualTo("c\n");
    assertThat(counts(folder.resolve("survived"))).isTrue();
  }

  @Test
  void restoresNothingThatIsNotLikeTheMachine() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("text"), "no machine\n");

    Brig.Ended ended =
        lab()
            .script(
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
}
