package dev.brig.cli.run;

import dev.brig.cli.bundle.DeviceRate;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.value.Devices;
import dev.brig.cli.value.Numbers;
import dev.brig.cli.value.Sizes;
import dev.brig.error.UsageException;
import dev.brig.runtime.spec.LinuxCpu;
import dev.brig.runtime.spec.LinuxMemory;
import dev.brig.runtime.spec.LinuxPids;
import java.util.ArrayList;
import java.util.List;

/// What a container may use.
final class LimitsGroup implements OptionGroup {
  private static final long PERIOD_MICROS = 100_000;
  private static final long UNSET = 0;

  private final LinuxMemory.Builder memory = LinuxMemory.builder();
  private final LinuxCpu.Builder cpu = LinuxCpu.builder();
  private final List<DeviceRate> readBytes = new ArrayList<>();
  private final List<DeviceRate> writeBytes = new ArrayList<>();
  private final List<DeviceRate> reads = new ArrayList<>();
  private final List<DeviceRate> writes = new ArrayList<>();
  private LinuxPids pids = LinuxPids.NONE;
  private int blkioWeight;
  private long memoryBytes = UNSET;
  private long swapBytes = UNSET;
  private String cpus = "";
  private boolean quotaGiven = false;

  /// Returns what was said.
  RunOptions.Limits options() {
    if (swapBytes != UNSET) {
      if (memoryBytes == UNSET) {
        throw new UsageException(
            "--memory-swap", "counts memory and swap together", "say --memory too");
      }
      if (swapBytes > 0 && swapBytes < memoryBytes) {
        throw new UsageException(
            "--memory-swap " + swapBytes,
            "is less than --memory " + memoryBytes + ", which it includes",
            "");
      }
    }
    boolean implied = swapBytes == UNSET && memoryBytes > 0;
    if (implied) {
      // As podman and docker have it.
      memory.swap(2 * memoryBytes);
    }
    if (!cpus.isEmpty() && quotaGiven) {
      throw new UsageException(
          "--cpus " + cpus,
          "is another way to say --cpu-quota and --cpu-period",
          "leave one of the two");
    }
    return new RunOptions.Limits(
        memory.build(),
        implied ? RunOptions.Swap.IMPLIED : RunOptions.Swap.ASKED,
        cpu.build(),
        pids,
        blkioWeight,
        new RunOptions.Rates(readBytes, writeBytes, reads, writes));
  }

  @Override
  public boolean accept(RunOption option, String value) {
    String spelling = option.longestName();
    return acceptMemory(option, spelling, value)
        || acceptCpu(option, spelling, value)
        || acceptOther(option, spelling, value);
  }

  private boolean acceptMemory(RunOption option, String spelling, String value) {
    switch (option) {
      case MEMORY -> {
        memoryBytes = Sizes.parse(spelling, value);
        // 0 is docker's way to say "no limit"
        memory.limit(memoryBytes == 0 ? Sizes.UNLIMITED : memoryBytes);
      }
      case MEMORY_SWAP -> {
        swapBytes = Sizes.parseOrUnlimited(spelling, value);
        memory.swap(swapBytes);
      }
      case MEMORY_SWAPPINESS -> memory.swappiness(Numbers.parse(spelling, value, 0, 100));
      case OOM_KILL_DISABLE -> memory.disableOomKiller(value.equals("true"));
      case MEMORY_RESERVATION -> memory.reservation(Sizes.parse(spelling, value));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean acceptCpu(RunOption option, String spelling, String value) {
    switch (option) {
      case CPUS -> {
        cpus = value;
        cpu.quota(Numbers.processorMicros(spelling, value, PERIOD_MICROS)).period(PERIOD_MICROS);
      }
      case CPU_SHARES -> cpu.shares(Numbers.parse(spelling, value, 2, 262_144));
      case CPU_QUOTA -> {
        quotaGiven = true;
        cpu.quota(value.equals("-1") ? -1 : Numbers.parse(spelling, value, 1000, Long.MAX_VALUE));
      }
      case CPU_PERIOD -> {
        quotaGiven = true;
        cpu.period(Numbers.parse(spelling, value, 1000, 1_000_000));
      }
      case CPUSET_CPUS -> cpu.cpus(Numbers.list(spelling, value));
      case CPUSET_MEMS -> cpu.mems(Numbers.list(spelling, value));
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean acceptOther(RunOption option, String spelling, String value) {
    switch (option) {
      case PIDS_LIMIT -> {
        long limit = Numbers.parse(spelling, value, -1, Integer.MAX_VALUE);
        pids = new LinuxPids(limit == 0 ? -1 : limit);
      }
      case BLKIO_WEIGHT -> blkioWeight = (int) Numbers.parse(spelling, value, 10, 1000);
      case DEVICE_READ_BPS -> readBytes.add(Devices.bytesPerSecond(spelling, value));
      case DEVICE_WRITE_BPS -> writeBytes.add(Devices.bytesPerSecond(spelling, value));
      case DEVICE_READ_IOPS -> reads.add(Devices.operationsPerSecond(spelling, value));
      case DEVICE_WRITE_IOPS -> writes.add(Devices.operationsPerSecond(spelling, value));
      default -> {
        return false;
      }
    }
    return true;
  }
}
