package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `brig exec` in a virtual machine; one machine for all.
class MachineExecIT {
  @TempDir static Path folder;

  private static MachineLab lab() {
    return new MachineLab(folder);
  }

  @BeforeAll
  static void boot() throws IOException, InterruptedException {
    lab().prepare();
    // At once: it has to wait for what was started just now.
    Brig.Ended ended =
        lab()
            .script(
                "b -d -h there --name c base sleep 10000 >/dev/null; $brig exec c sh -c hostname");
    assertThat(ended.out()).as(ended.err()).isEqualTo("there\n");
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().clear();
    lab().containers().remove();
  }

  private static String seen(String script) throws IOException, InterruptedException {
    Brig.Ended ended = lab().script(script, folder.toString());
    return ended.out() + ended.err();
  }

  @Test
  void passesStreamsAndStatusOn() throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .script(
                """
                $brig exec c cat /proc/sys/kernel/osrelease
                echo in | $brig exec -i c sh -c 'cat; echo again > /dev/stderr; exit 7'; echo $?
                $brig exec c sh -c 'kill -9 $$'; echo $?; $brig exec c nosuch; echo $?; $brig exec c /etc; echo $?
                $brig exec c cat; $brig exec -i c cat </dev/null; $brig exec -i c cat <&-; echo $?
                """);

    String release = ContainerLab.shell("uname -r").out().strip();
    List<String> lines = ended.out().lines().toList();
    assertThat(lines.getFirst()).isNotEqualTo(release).matches("[0-9]+\\.[0-9]+.*");
    assertThat(lines.subList(1, lines.size()))
        .as(ended.err())
        .containsExactly("in", "7", "137", "127", "126", "0");
    assertThat(ended.err()).startsWith("again\n").contains("ENOENT").contains("EACCES");
  }

  @Test
  void losesNothingOnTheWay() throws IOException, InterruptedException {
    assertThat(
            seen(
                """
                head -c 2000000 /dev/urandom > "$1/much"
                $brig exec -i c cat < "$1/much" | cmp - "$1/much" && echo same
                $brig exec -i c sh -c 'wc -c; exec cat' < "$1/much"
                $brig exec c sh -c 'yes | head -c 2000000; yes | head -c 1000000 >&2' 2>"$1/err" | wc -c
                wc -c < "$1/err"; rm "$1/much" "$1/err"
                """))
        .isEqualTo("same\n2000000\n2000000\n1000000\n");
  }

  @Test
  void endsWhenNobodyReads() throws IOException, InterruptedException {
    assertThat(
            seen(
                """
                $brig exec c sh -c 'exec yes gone' | head -n 1
                yes | $brig exec -i c sh -c 'read -r line; echo $line'
                until ! $brig exec c sh -c ps | grep -q 'yes [g]one'; do :; done
                """))
        .isEqualTo("gone\ny\n");
  }

  @Test
  void takesUserVariablesAndDirectory() throws IOException, InterruptedException {
    assertThat(
            seen("$brig exec -u 12:34 -e A=b -w /etc c sh -c 'id -u; id -g; echo $A; pwd; id -G'"))
        .isEqualTo("12\n34\nb\n/etc\n34\n");
  }

  @Test
  void leavesCommandsInTheBackgroundAlone() throws IOException, InterruptedException {
    assertThat(
            seen(
                """
                for i in 1 2 3 4 5 6 7; do $brig exec -d c sh -c 'echo up > /up; exec sleep 4321'; done
                until $brig exec c sh -c 'test -s /up'; do :; done; $brig exec c sh -c 'ps | grep -c "[4]321"'
                $brig exec -d c nosuch 2>&1 | grep -o ENOENT; $brig exec -d c nosuch 2>/dev/null; echo $?
                """))
        .isEqualTo("7\nENOENT\n127\n");
  }

  @Test
  void passesSignalsOnAndEndsWithTheCaller() throws IOException, InterruptedException {
    assertThat(
            seen(
                """
                exec=$(echo "$brig exec" | sed 's/timeout -k 5 90 //')
                $exec c sh -c 'trap "echo told; exit 3" TERM; echo up; while :; do sleep 0.1; done' > "$1/out" &
                until grep -qs up "$1/out"; do :; done; kill -TERM $!; wait $!; echo $?; cat "$1/out"
                $exec c sh -c 'echo up; exec sleep 1234' > "$1/out" &
                until grep -qs up "$1/out"; do :; done; kill -KILL $!; wait $! 2>/dev/null; rm "$1/out"
                while $brig exec c sh -c ps | grep -q 'sleep [1]234'; do :; done; echo gone
                """))
        .isEqualTo("3\nup\ntold\ngone\n");
  }

  @Test
  void hasATerminal() throws IOException, InterruptedException {
    lab().playTerminal("/dev/pts/", "exec", "-it", "c");
  }

  @Test
  void refusesOneTooManyAndIsNotMovedMeanwhile() throws IOException, InterruptedException {
    Brig.Ended ended =
        lab()
            .script(
                """
                mkfifo "$1/open"; exec 8<>"$1/open"
                for i in 1 2 3 4 5 6; do
                  $brig exec -i c sh -c 'echo up; cat' < "$1/open" > "$1/$i" 8>&- &
                  until test -s "$1/$i"; do :; done
                done
                $brig exec c sh -c true; echo $?; $brig move c; echo $?
                rm "$1/1" "$1/2" "$1/3" "$1/4" "$1/5" "$1/6" "$1/open"; exec 8>&-; wait
                until $brig exec c sh -c true 2>/dev/null; do :; done
                $brig move c | grep -o moved; $brig exec c sh -c 'echo there'
                """,
                folder.toString());

    assertThat(ended.out()).as(ended.err()).isEqualTo("125\n125\nmoved\nthere\n");
    assertThat(ended.err())
        .contains("6 commands run")
        .contains("a command of brig exec runs in it");
  }

  @Test
  void endsWithTheMachine() throws IOException, InterruptedException {
    assertThat(
            seen(
                """
                b -d --name short base sleep 1000 >/dev/null
                $brig exec short sh -c 'echo up; exec sleep 1000' > "$1/out" &
                until grep -qs up "$1/out"; do :; done; $brig kill short; wait $!; echo $?; rm "$1/out"
                $brig exec short sh 2>&1 | grep -o 'not running'
                """))
        .isEqualTo("short\n137\nnot running\n");
  }
}
