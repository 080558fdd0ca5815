package dev.brig.it;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `brig-oci` killed at any moment: `delete --force` always works afterwards, and nothing is left.
class OciCrashIT {
  private static final long SEED = Long.getLong("brig.seed", 20_26);
  private static final int KILLED = Integer.getInteger("brig.crashes", 200);

  /// The last of the script's words are its parameters.
  private static final String PRELUDE =
      """
      victim() {
        case $1 in
          create) set -- create -b b $NAME ;;
          run) set -- run -b b $NAME ;;
          detached) set -- run -d -b b $NAME ;;
          start) set -- start $NAME ;;
          exec) set -- exec $NAME sleep 0.05 ;;
          stop) set -- kill $NAME KILL ;;
          delete) set -- delete -f $NAME ;;
        esac
        # Not by its name alone: the processes that it makes have this variable, or the container's mounts.
        CRASH=$NAME exec setsid $RT "$@" </dev/null >out 2>&1
      }
      before() {
        case $1 in
          start) $RT create -b b $NAME </dev/null ;;
          exec | stop | delete) $RT run -d -b b $NAME </dev/null >/dev/null ;;
        esac
      }
      left() {
        ls -A brig-state; ls /dev/shm /tmp | grep -e "^brig-oci" -e "^jffi" -e "$NAME"
        grep -F "$LAB" /proc/self/mountinfo; find /sys/fs/cgroup -name "$NAME*"
        for process in /proc/[0-9]*; do
          if grep -qsF "CRASH=$NAME" $process/environ || grep -qsF "/$NAME" $process/cgroup ||
            grep -qsF "$LAB" $process/mountinfo; then
            case $(cat $process/stat 2>/dev/null) in "" | *") Z "*) ;; *) echo "$process $(tr '\\0' ' ' <$process/cmdline)" ;; esac
          fi
        done
      }
      removed() {
        timeout 60 $RT delete -f $NAME >out 2>&1 || { echo "delete -f: $?"; cat out; }
        # What ends in the background has a moment: a process that was killed, a cgroup that it was in.
        i=0; while left >list; [ -s list ] && [ $i -lt 100 ]; do i=$((i+1)); sleep 0.05; done
        [ ! -s list ] || { echo left:; cat list; }
      }
      """;

  @TempDir private static Path folder;

  /// The commands that are killed.
  private static final List<String> VICTIMS =
      List.of("create", "run", "detached", "start", "exec", "stop", "delete");

  /// What is killed: the process itself, all of its group, or a process that it has made.
  private static final List<String> WHOM = List.of("itself", "group", "child");

  private static OciLab lab() {
    return new OciLab(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    lab().prepare();
    String _ = silent("bundle b '.process.args = [\"sleep\", \"1000\"]'");
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().remove();
  }

  private static String silent(String script) throws IOException, InterruptedException {
    Brig.Ended ended = lab().brig(PRELUDE + script);
    assertThat(ended.status()).as(ended.out() + ended.err()).isZero();
    return ended.out();
  }

  /// Returns how long each command takes that nobody stops, in milliseconds.
  private static Map<String, Long> usualMillis() throws IOException, InterruptedException {
    Map<String, Long> usual = new HashMap<>();
    for (String victim : VICTIMS) {
      // What runs in the foreground goes on: the container is deleted when it is surely there.
      String out =
          silent(
              """
              before VICTIM; start=$(date +%s%N)
              case VICTIM in
                run) (victim run) & until [ "$($RT state $NAME 2>/dev/null | jq -r .status)" = running ]; do :; done ;;
                *) (victim VICTIM) ;;
              esac
              echo $((($(date +%s%N) - start) / 1000000)); removed
              """
                  .replace("VICTIM", victim));
      usual.put(victim, Long.parseLong(out.strip()));
    }
    return usual;
  }

  private static void killed(int times) throws IOException, InterruptedException {
    Map<String, Long> usual = usualMillis();
    Random random = new Random(SEED);
    List<String> wrong = new ArrayList<>();
    Map<String, Integer> hits = new HashMap<>();
    for (int i = 0; i < times; i++) {
      String victim = VICTIMS.get(i % VICTIMS.size());
      String whom = WHOM.get(random.nextInt(WHOM.size()));
      long millis = (long) (random.nextDouble() * requireNonNull(usual.get(victim)) * 1.1);
      String seconds = String.format(Locale.ROOT, "%.3f", millis / 1000.0);
      Brig.Ended ended =
          lab()
              .brig(
                  PRELUDE
                      + """
                      before VICTIM; (victim VICTIM) & pid=$!
                      sleep SECONDS
                      case $(cat /proc/$pid/stat) in *") Z "*) ;; *) echo hit >hit ;; esac
                      case WHOM in
                        itself) kill -9 $pid ;;
                        group) kill -9 -- -$pid || kill -9 $pid ;;
                        child) children=$(cat /proc/$pid/task/$pid/children); kill -9 ${children:-$pid} ;;
                      esac 2>/dev/null
                      # A command whose child was killed ends by itself; but one that waits for a container goes on.
                      [ VICTIM.WHOM != run.child ] || kill -9 $pid 2>/dev/null
                      wait $pid 2>/dev/null
                      removed
                      [ ! -e hit ] || { rm hit; echo hit >&2; }
                      """
                          .replace("VICTIM", victim)
                          .replace("SECONDS", seconds)
                          .replace("WHOM", whom));
      if (ended.status() != 0 || !ended.out().isEmpty()) {
        wrong.add(
            "number " + i + ", " + victim + ", " + whom + " after " + millis + " ms: " + ended);
      }
      if (ended.err().contains("hit")) {
        hits.merge(victim, 1, Integer::sum);
      }
    }
    assertThat(wrong).as("seed %d; killed in time: %s", SEED, new TreeMap<>(hits)).isEmpty();
    // A test that comes too late each time shows nothing.
    assertThat(hits).as("killed in time").hasSizeGreaterThan(VICTIMS.size() / 2);
  }

  @Test
  void leavesNothingWhenItIsKilled() throws IOException, InterruptedException {
    killed(2 * VICTIMS.size());
  }

  @Test
  @Tag("thorough")
  void leavesNothingWhenItIsKilledAtAnyMomentOfMany() throws IOException, InterruptedException {
    killed(KILLED);
  }

  /// The search finds what there is while a container runs.
  @Test
  void findsWhatWouldBeLeft() throws IOException, InterruptedException {
    String out =
        silent(
            """
            (victim run) & until [ "$($RT state $NAME 2>/dev/null | jq -r .status)" = running ]; do :; done
            left; removed
            """);

    assertThat(out)
        .contains("brig-it-")
        .contains("sleep 1000")
        .contains("brig-oci")
        .contains("/sys/fs/cgroup/pids/brig-it-");
  }

  @Test
  void saysThatAContainerHasStoppedWhoseProcessWasKilledAtTheGate()
      throws IOException, InterruptedException {
    String out =
        silent(
            """
            $RT create -b b $NAME </dev/null; kill -9 $($RT state $NAME | jq .pid)
            until [ "$($RT state $NAME | jq -r .status)" = stopped ]; do :; done
            $RT start $NAME 2>out; echo $?; cat out; $RT delete $NAME; echo $?; removed
            """);

    assertThat(out).isEqualTo("1\nbrig-oci: cannot start a container that has stopped\n0\n");
  }

  @Test
  void keepsAContainerWhoseWaitingCommandWasKilled() throws IOException, InterruptedException {
    String out =
        silent(
            """
            (victim run) & until [ "$($RT state $NAME 2>/dev/null | jq -r .status)" = running ]; do :; done
            kill -9 $!; wait $! 2>/dev/null; $RT state $NAME | jq -r .status; $RT exec $NAME echo in; removed
            """);

    assertThat(out).isEqualTo("running\nin\n");
  }
}
