package dev.brig.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brig.linux.Kernel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Plans put into effect on this machine, whichever version its controllers are on. The integration
/// tests run this class in a guest with pure cgroup v2 as well.
class LiveCgroupTest {

  @BeforeEach
  void needsRootAndCgroups() {
    boolean root = Kernel.ofThisMachine().processes().euid() == 0;
    assumeTrue(root && Path.of("/sys/fs/cgroup").toFile().canWrite(), "no root, no cgroups");
  }

  @Test
  void memoryIsLimitedAndTheKillIsSaid() throws IOException, InterruptedException {
    Resources wish = Resources.NONE.with(Resources.Memory.limit(32 << 20, 32 << 20));

    try (LiveContainer container = new LiveContainer(wish)) {
      String out = container.run("dd if=/dev/zero of=/dev/null bs=100M count=1; echo status $?");

      assertThat(out).contains("status 137");
      assertThat(container.isQuiet()).isFalse();
      assertThat(container.reasons())
          .singleElement()
          .asString()
          .startsWith("killed: memory limit 32 MiB reached (oom_kill 1")
          .endsWith("raise --memory");
      assertThat(container.cgroup().stats().memory().limitBytes()).isEqualTo(32 << 20);
      assertThat(container.cgroup().stats().memory().oomKills()).isEqualTo(1);
    }
  }

  @Test
  void tasksAreLimitedAndTheRefusalIsSaid() throws IOException, InterruptedException {
    Resources wish = Resources.NONE.with(new Resources.Pids(5));

    try (LiveContainer container = new LiveContainer(wish)) {
      String out = container.run("for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait");

      assertThat(out).containsIgnoringCase("fork");
      assertThat(container.reasons())
          .singleElement()
          .asString()
          .matches("fork refused \\d+ times? at pids limit 5 \\(--pids-limit\\)");
      assertThat(container.cgroup().stats().pids().refusals()).isPositive();
    }
  }

  @Test
  void aQuotaHoldsToATenth() throws IOException, InterruptedException {
    Resources wish = Resources.NONE.with(Resources.Cpu.NONE.withQuota(25_000, 100_000));

    try (LiveContainer container = new LiveContainer(wish)) {
      Process spinner = container.start("while :; do :; done");
      spin(container, 500);
      double share = spin(container, 3_000);
      spinner.destroyForcibly().waitFor();

      assertThat(share).isBetween(0.225, 0.275);
      assertThat(container.reasons())
          .singleElement()
          .asString()
          .startsWith("throttled in ")
          .endsWith(" % of periods (--cpus 0.25)");
    }
  }

  /// Lets a container run for some time and returns the share of one processor that it used.
  private static double spin(LiveContainer container, long millis) throws InterruptedException {
    long before = container.cgroup().stats().cpu().usageMicros();
    long start = System.nanoTime();
    Thread.sleep(millis);
    long used = container.cgroup().stats().cpu().usageMicros() - before;
    return used * 1000.0 / (System.nanoTime() - start);
  }

  @Test
  void processorsAndNodesAreThoseAskedFor() throws IOException, InterruptedException {
    Resources wish = Resources.NONE.with(Resources.Cpu.NONE.withSets("1", "0"));

    try (LiveContainer container = new LiveContainer(wish)) {
      assertThat(container.run("grep Cpus_allowed_list /proc/self/status"))
          .isEqualTo("Cpus_allowed_list:\t1\n");
    }
  }

  @Test
  void devicesAreThoseOfEveryContainer() throws IOException, InterruptedException {
    Resources wish = Resources.NONE.withDevices(DeviceRule.defaults());
    // A program for v2 is loaded by the plan's own calls, which only the program makes.
    try (LiveContainer container = new LiveContainer(wish)) {
      assumeTrue(container.plan().programs().isEmpty(), "no devices controller on v1");
      String out =
          container.run("head -c 1 /dev/zero >/dev/null && echo zero; : </dev/kmsg && echo kmsg");

      assertThat(out).startsWith("zero\n").contains("not permitted").doesNotContain("kmsg\n");
    }
  }

  @Test
  void whatIsFrozenStandsStillUntilItIsThawed() throws IOException, InterruptedException {
    try (LiveContainer container = new LiveContainer(Resources.NONE)) {
      Process process = container.start("read x; echo $x");
      awaitOne(container);

      container.cgroup().freeze(2_000);
      process.getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      Thread.sleep(100);
      boolean frozen = container.cgroup().isFrozen();
      int available = process.getInputStream().available();
      container.cgroup().thaw(2_000);

      assertThat(frozen).isTrue();
      assertThat(available).isZero();
      assertThat(process.getInputStream().readAllBytes()).asString().isEqualTo("hello\n");
    }
  }

  @Test
  void allIsKilledHoweverFastItForks() throws IOException, InterruptedException {
    Resources wish = Resources.NONE.with(new Resources.Pids(50));

    try (LiveContainer container = new LiveContainer(wish)) {
      Process bomb = container.start("f() { f | f & }; f; sleep 9");
      awaitOne(container);
      Thread.sleep(200);

      container.cgroup().kill();
      bomb.waitFor();
      container.cgroup().remove(5_000);

      assertThat(container.cgroup().pids()).isEmpty();
    }
  }

  @Test
  void nothingIsSaidOfAContainerThatKeptItsLimits() throws IOException, InterruptedException {
    Resources wish =
        Resources.NONE
            .with(Resources.Memory.limit(64 << 20))
            .with(new Resources.Pids(20))
            .with(Resources.Cpu.NONE.withQuota(200_000, 100_000));

    try (LiveContainer container = new LiveContainer(wish)) {
      assertThat(container.run("echo fine")).isEqualTo("fine\n");
      assertThat(container.isQuiet()).isTrue();
      assertThat(container.reasons()).isEmpty();
    }
  }

  private static void awaitOne(LiveContainer container) throws InterruptedException {
    for (int i = 0; i < 200 && container.cgroup().pids().isEmpty(); i++) {
      Thread.sleep(10);
    }
    assertThat(container.cgroup().pids()).isNotEmpty();
  }
}
