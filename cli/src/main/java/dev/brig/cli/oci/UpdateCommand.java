package dev.brig.cli.oci;

import dev.brig.cgroups.CgroupWrite;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.linux.Fd;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.BundleStatus;
import dev.brig.runtime.oci.SystemdUnit;
import dev.brig.runtime.spec.LinuxBlockIo;
import dev.brig.runtime.spec.LinuxCpu;
import dev.brig.runtime.spec.LinuxMemory;
import dev.brig.runtime.spec.LinuxPids;
import dev.brig.runtime.spec.LinuxResources;
import dev.brig.runtime.spec.SpecReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `update`.
final class UpdateCommand implements OciCommand<UpdateOption> {
  private static final int LENGTH_MAX = 16 << 20;

  private final OciContext context;

  UpdateCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<UpdateOption> syntax() {
    return new Syntax<>(
        "brig-oci update",
        "Change the limits of a container.",
        List.of(UpdateOption.values()),
        Operands.exactly(1, "ID"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<UpdateOption> arguments) {
    BundleContainer container = context.store().container(arguments.operands().getFirst());
    if (container.status() == BundleStatus.STOPPED) {
      throw new BundleException("container not running");
    }
    String file = arguments.value(UpdateOption.RESOURCES, "");
    LinuxResources resources = file.isEmpty() ? resources(arguments) : read(file);
    List<CgroupWrite> writes = context.launcher().update(container, resources);
    if (SystemdUnit.isUnit(container.record().cgroups())) {
      SystemdUnit unit = SystemdUnit.of(container.record().id(), container.spec());
      new SystemdManager(context).change(unit, writes);
    }
    return 0;
  }

  private LinuxResources read(String file) {
    byte[] bytes =
        file.equals("-")
            ? context.kernel().files().readAll(Fd.STDIN, LENGTH_MAX)
            : context
                .kernel()
                .files()
                .readIfPresent(Fd.CWD, file, LENGTH_MAX)
                .orElseThrow(
                    () -> new UsageException("--resources " + file, "there is no such file", ""));
    return SpecReader.readResources(new String(bytes, StandardCharsets.UTF_8));
  }

  private static LinuxResources resources(Reading.Arguments<UpdateOption> arguments) {
    LinuxMemory.Builder memory = LinuxMemory.builder();
    LinuxCpu.Builder cpu = LinuxCpu.builder();
    LinuxResources.Builder resources = LinuxResources.builder();
    for (Reading.Setting<UpdateOption> setting : arguments.settings()) {
      switch (setting.option()) {
        case RESOURCES -> {}
        case MEMORY -> memory.limit(bytes(setting));
        case MEMORY_SWAP -> memory.swap(bytes(setting));
        case MEMORY_RESERVATION -> memory.reservation(bytes(setting));
        case CPU_SHARES -> cpu.shares(number(setting));
        case CPU_QUOTA -> cpu.quota(number(setting));
        case CPU_PERIOD -> cpu.period(number(setting));
        case CPU_BURST -> cpu.burst(number(setting));
        case CPU_IDLE -> cpu.idle(number(setting));
        case CPU_RT_RUNTIME -> cpu.realtimeRuntime(number(setting));
        case CPU_RT_PERIOD -> cpu.realtimePeriod(number(setting));
        case CPUSET_CPUS -> cpu.cpus(setting.value());
        case CPUSET_MEMS -> cpu.mems(setting.value());
        case PIDS_LIMIT -> resources.pids(new LinuxPids(number(setting)));
        case BLKIO_WEIGHT ->
            resources.blockIo(
                new LinuxBlockIo(
                    (int) number(setting),
                    null,
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of()));
        case L3_CACHE_SCHEMA, MEM_BW_SCHEMA ->
            throw new UnsupportedException(
                setting.option().longestName(), "brig can't apply it", "leave it out");
      }
    }
    return resources.memory(memory.build()).cpu(cpu.build()).build();
  }

  /// Reads a number of bytes, with a unit as in `64M`.
  private static long bytes(Reading.Setting<UpdateOption> setting) {
    String text = setting.value();
    int last =
        text.isEmpty()
            ? -1
            : "bkmgt".indexOf(Character.toLowerCase(text.charAt(text.length() - 1)));
    if (last < 0) {
      return number(setting);
    }
    String digits = text.substring(0, text.length() - 1);
    long number = number(new Reading.Setting<>(setting.option(), digits));
    if (number < 0 || number > Long.MAX_VALUE >> (10 * last)) {
      throw wrong(setting);
    }
    return number << (10 * last);
  }

  private static long number(Reading.Setting<UpdateOption> setting) {
    try {
      return Long.parseLong(setting.value());
    } catch (NumberFormatException _) {
      throw wrong(setting);
    }
  }

  private static UsageException wrong(Reading.Setting<UpdateOption> setting) {
    return new UsageException(
        setting.option().longestName() + " " + setting.value(), "no number", "-1 is no limit");
  }
}
