package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What limits must do wherever a host has its controllers, seen from inside the container by a
/// probe, and what brig says when it has ended.
abstract class LimitsContract {
  /// Prints how much of one processor this shell has had since the call before, in percent.
  private static final String CLOCK =
      """
      now() { read -r up _ </proc/uptime; up=${up%.*}${up#*.}; }
      used() { read -r line </proc/$$/stat; set -- $line; used=$((${14} + ${15})); }
      """;

  /// Spins for three seconds and prints how many hundredths of a processor it had. Its loop makes
  /// no process, so that whatever it uses is its own.
  static final String SPIN =
      CLOCK
          + """
          now; start=$up; used; before=$used
          while now; [ $((up - start)) -lt 300 ]; do :; done
          used; echo $((100 * (used - before) / (up - start)))
          """;

  /// Waits until both have come, so that none has the processor for itself at first.
  static final String MEET = ": >/d/$0; until [ -e /d/small ] && [ -e /d/large ]; do :; done\n";

  /// Starts twenty children that wait, and counts them aloud.
  static final String FORK = "i=0; while [ $i -lt 20 ]; do sleep 60 & i=$((i + 1)); echo $i; done";

  /// Runs a shell script to its end, in which `$brig` is the command.
  abstract Brig.Ended shell(String script) throws IOException, InterruptedException;

  /// Runs `brig run --rm OPTIONS IMAGE COMMAND…`, as root whoever the image would have run it as.
  final Brig.Ended inside(String image, String options, String... command)
      throws IOException, InterruptedException {
    return shell(line(image, options, command));
  }

  private static String line(String image, String options, String... command) {
    StringBuilder line =
        new StringBuilder("$brig run --rm --entrypoint '' --user 0 -w / ")
            .append(options)
            .append(' ')
            .append(image);
    for (String word : command) {
      line.append(" '").append(word.replace("'", "'\\''")).append('\'');
    }
    return line.toString();
  }

  /// Images that are not this machine's own root: one made by mmdebstrap, and layers made by umoci.
  static Stream<String> others() throws IOException, InterruptedException {
    return Stream.of(Images.made("debian"), Images.made("umoci"));
  }

  @ParameterizedTest
  @MethodSource("others")
  @Tag("thorough")
  void allLimitsHoldWhateverTheImage(String image) throws IOException, InterruptedException {
    allocatesTooMuch(image);
    allocatesEnough(image);
    spins(image);
    forks(image);
  }

  @Test
  void anAllocationBeyondTheMemoryLimitIsKilledAndSaid() throws IOException, InterruptedException {
    allocatesTooMuch("host");
  }

  final void allocatesTooMuch(String image) throws IOException, InterruptedException {
    Brig.Ended ended =
        inside(
            image,
            "--memory 64m --memory-swap 64m",
            "dd",
            "if=/dev/zero",
            "of=/dev/null",
            "bs=128M",
            "count=1");

    assertThat(ended.status()).isEqualTo(137);
    assertThat(ended.err())
        .contains("killed: memory limit 64 MiB reached")
        .contains("raise --memory");
  }

  @Test
  void anAllocationWithinTheMemoryLimitIsNot() throws IOException, InterruptedException {
    allocatesEnough("host");
  }

  final void allocatesEnough(String image) throws IOException, InterruptedException {
    Brig.Ended ended =
        inside(
            image,
            "--memory 64m --memory-swap 64m",
            "dd",
            "if=/dev/zero",
            "of=/dev/null",
            "bs=32M",
            "count=1");

    assertThat(ended.status()).as(ended.toString()).isZero();
    assertThat(ended.err()).doesNotContain("brig: ");
  }

  @Test
  void theShareOfAProcessorIsWithinATenth() throws IOException, InterruptedException {
    spins("host");
  }

  private void spins(String image) throws IOException, InterruptedException {
    double best = 0;
    String err = "";
    // Others may take the processor away, but nobody can give more than the limit.
    for (int i = 0; i < 3 && best < 36; i++) {
      Brig.Ended ended = inside(image, "--cpus 0.4", "sh", "-c", SPIN);
      assertThat(ended.status()).as(ended.toString()).isZero();
      double share = Double.parseDouble(ended.out().strip());
      assertThat(share).isLessThanOrEqualTo(44);
      best = Math.max(best, share);
      err = ended.err();
    }

    assertThat(best).isGreaterThanOrEqualTo(36);
    assertThat(err).containsPattern("throttled in \\d+ % of periods \\(--cpus 0\\.4\\)");
  }

  @Test
  void aForkBeyondTheLimitOfTasksIsRefusedAndSaid() throws IOException, InterruptedException {
    forks("host");
  }

  private void forks(String image) throws IOException, InterruptedException {
    Brig.Ended ended = inside(image, "--pids-limit 10", "sh", "-c", FORK);

    assertThat(ended.status()).isNotZero();
    assertThat(ended.out()).isEqualTo("1\n2\n3\n4\n5\n6\n7\n8\n9\n");
    assertThat(ended.err())
        .containsIgnoringCase("fork")
        .contains("fork refused 1 time at pids limit 10 (--pids-limit)");
  }

  @ParameterizedTest
  @CsvSource({
    "'',2048",
    "--privileged,2048",
    "--pids-limit 7,7",
    "--pids-limit 0,none",
    "--pids-limit -1,none",
    "--isolation namespaces,none"
  })
  void thereIsALimitOfTasksUnlessOthersAreAskedFor(String options, String limit)
      throws IOException, InterruptedException {
    // The first version of cgroups, and the second.
    String read =
        "v=none; for f in /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max; do"
            + " [ -e $f ] && read -r v <$f; done; [ $v != max ] || v=none; echo $v";

    Brig.Ended ended = inside("host", options, "sh", "-c", read);

    assertThat(ended).isEqualTo(new Brig.Ended(0, limit + "\n", ""));
  }

  @Test
  void theProcessorsAreThoseAskedFor() throws IOException, InterruptedException {
    seesItsProcessors();
  }

  final void seesItsProcessors() throws IOException, InterruptedException {
    Brig.Ended ended =
        inside("host", "--cpuset-cpus 1", "grep", "Cpus_allowed_list", "/proc/self/status");

    assertThat(ended).isEqualTo(new Brig.Ended(0, "Cpus_allowed_list:\t1\n", ""));
  }

  @Test
  void twoSharesDivideAProcessorInTheirRatio() throws IOException, InterruptedException {
    String both = "--cpuset-cpus 1 -v $d:/d --cpu-shares ";
    String small = line("host", both + "1024", "sh", "-c", MEET + SPIN, "small");
    String large = line("host", both + "3072", "sh", "-c", MEET + SPIN, "large");

    Brig.Ended ended =
        shell("d=$(mktemp -d); " + small + " >$d/out & " + large + "; wait; cat $d/out; rm -r $d");

    String[] shares = ended.out().strip().split("\n", -1);
    double ratio = Double.parseDouble(shares[0]) / Double.parseDouble(shares[1]);
    assertThat(ratio / threeTimesTheShares()).as(ended.toString()).isBetween(0.8, 1.25);
  }

  @Test
  void aDeviceThatTheContainerMadeOpensOnlyIfARuleAllowsIt()
      throws IOException, InterruptedException {
    String open = " host sh -c 'mknod /dev/f c 10 229 && : </dev/f && : >/dev/f'";
    String rule = " --device-cgroup-rule ";

    Brig.Ended denied = shell("$brig run --rm --cap-add MKNOD" + open);
    Brig.Ended allowed = shell("$brig run --rm --cap-add MKNOD" + rule + "'c 10:229 rw'" + open);
    Brig.Ended half = shell("$brig run --rm --cap-add MKNOD" + rule + "'c 10:229 r'" + open);

    assertThat(denied.err()).contains("open /dev/f: Operation not permitted");
    assertThat(allowed).isEqualTo(new Brig.Ended(0, "", ""));
    assertThat(half.err()).contains("create /dev/f: Operation not permitted");
  }

  @Test
  void writingToADiskIsAsSlowAsAsked() throws IOException, InterruptedException {
    String disk = disk();
    String write =
        "use Time::HiRes \"time\"; $s = time; system(\"dd if=/dev/zero of=/data/file bs=256k"
            + " count=16 oflag=direct status=none\") == 0 or exit 1; printf \"%.3f\\n\", time - $s";
    String options = " --volume " + folder() + ":/data";

    Brig.Ended free = inside("host", options, "perl", "-e", write);
    Brig.Ended limited =
        inside("host", "--device-write-bps " + disk + ":1mb" + options, "perl", "-e", write);

    // 4 MiB at 1 MiB a second, the first slice of it free.
    assertThat(Double.parseDouble(free.out().strip())).as(free.toString()).isLessThan(2);
    assertThat(Double.parseDouble(limited.out().strip()))
        .as(limited.toString())
        .isBetween(3.0, 5.0);
  }

  /// Returns how many times the processor three times the shares are worth here.
  abstract double threeTimesTheShares();

  /// Returns the whole disk that [#folder] is on.
  abstract String disk() throws IOException, InterruptedException;

  /// Returns a folder, for the containers to write to.
  abstract String folder() throws IOException, InterruptedException;
}
