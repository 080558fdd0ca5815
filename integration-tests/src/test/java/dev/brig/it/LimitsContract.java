package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What limits must do wherever a host has its controllers, seen from inside the container by a
/// probe, and what brig says when it has ended.
abstract class LimitsContract {
  // perl is in every Debian root, with a clock of its own.

  /// Spins for three seconds and prints how much of one processor it had.
  static final String SPIN =
      "use Time::HiRes \"time\"; $s = time; @a = times; 1 while time - $s < 3; @b = times;"
          + " printf \"%.3f\\n\", ($b[0] + $b[1] - $a[0] - $a[1]) / (time - $s)";

  /// Waits until both have come, so that none has the processor for itself at first.
  static final String MEET =
      "open F, \">/d/$ARGV[0]\"; select undef, undef, undef, .01 until -e \"/d/small\""
          + " && -e \"/d/large\"; ";

  /// Forks twenty children that wait, and prints how many there were.
  static final String FORK =
      "for (1 .. 20) { $p = fork; last if !defined $p; if (!$p) { sleep 60; exit } push @p, $p }"
          + " print scalar(@p), \" \", defined $p ? \"all\" : \"refused: $!\", \"\\n\"; kill 9, @p";

  /// Runs a shell script to its end, in which `$brig` is the command.
  abstract Brig.Ended shell(String script) throws IOException, InterruptedException;

  /// Runs `brig run --rm OPTIONS host COMMAND…`.
  final Brig.Ended inside(String options, String... command)
      throws IOException, InterruptedException {
    return shell(line(options, command));
  }

  private static String line(String options, String... command) {
    StringBuilder line = new StringBuilder("$brig run --rm ").append(options).append(" host");
    for (String word : command) {
      line.append(" '").append(word.replace("'", "'\\''")).append('\'');
    }
    return line.toString();
  }

  @Test
  void anAllocationBeyondTheMemoryLimitIsKilledAndSaid() throws IOException, InterruptedException {
    Brig.Ended ended =
        inside(
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
    Brig.Ended ended =
        inside(
            "--memory 64m --memory-swap 64m",
            "dd",
            "if=/dev/zero",
            "of=/dev/null",
            "bs=32M",
            "count=1",
            "status=none");

    assertThat(ended).isEqualTo(new Brig.Ended(0, "", ""));
  }

  @Test
  void theShareOfAProcessorIsWithinATenth() throws IOException, InterruptedException {
    double best = 0;
    String err = "";
    // Others may take the processor away, but nobody can give more than the limit.
    for (int i = 0; i < 3 && best < 0.225; i++) {
      Brig.Ended ended = inside("--cpus 0.25", "perl", "-e", SPIN);
      double share = Double.parseDouble(ended.out().strip());
      assertThat(share).isLessThan(0.275);
      best = Math.max(best, share);
      err = ended.err();
    }

    assertThat(best).isGreaterThan(0.225);
    assertThat(err).containsPattern("throttled in \\d+ % of periods \\(--cpus 0\\.25\\)");
  }

  @Test
  void aForkBeyondTheLimitOfTasksIsRefusedAndSaid() throws IOException, InterruptedException {
    Brig.Ended ended = inside("--pids-limit 10", "perl", "-e", FORK);

    assertThat(ended.status()).isZero();
    assertThat(ended.out()).isEqualTo("9 refused: Resource temporarily unavailable\n");
    assertThat(ended.err()).contains("fork refused 1 time at pids limit 10 (--pids-limit)");
  }

  @Test
  void theProcessorsAreThoseAskedFor() throws IOException, InterruptedException {
    Brig.Ended ended = inside("--cpuset-cpus 1", "grep", "Cpus_allowed_list", "/proc/self/status");

    assertThat(ended).isEqualTo(new Brig.Ended(0, "Cpus_allowed_list:\t1\n", ""));
  }

  @Test
  void twoSharesDivideAProcessorInTheirRatio() throws IOException, InterruptedException {
    String both = "--cpuset-cpus 1 -v $d:/d --cpu-shares ";
    String small = line(both + "1024", "perl", "-e", MEET + SPIN, "small");
    String large = line(both + "3072", "perl", "-e", MEET + SPIN, "large");

    Brig.Ended ended =
        shell("d=$(mktemp -d); " + small + " >$d/out & " + large + "; wait; cat $d/out; rm -r $d");

    String[] shares = ended.out().strip().split("\n", -1);
    double ratio = Double.parseDouble(shares[0]) / Double.parseDouble(shares[1]);
    assertThat(ratio / threeTimesTheShares()).as(ended.toString()).isBetween(0.8, 1.25);
  }

  @Test
  void writingToADiskIsAsSlowAsAsked() throws IOException, InterruptedException {
    String disk = disk();
    String write =
        "use Time::HiRes \"time\"; $s = time; system(\"dd if=/dev/zero of=/data/file bs=256k"
            + " count=16 oflag=direct status=none\") == 0 or exit 1; printf \"%.3f\\n\", time - $s";
    String options = " --volume " + folder() + ":/data";

    Brig.Ended free = inside(options, "perl", "-e", write);
    Brig.Ended limited =
        inside("--device-write-bps " + disk + ":1mb" + options, "perl", "-e", write);

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
