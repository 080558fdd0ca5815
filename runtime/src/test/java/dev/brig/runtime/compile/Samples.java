package dev.brig.runtime.compile;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.linux.Identity.UserNamespace;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.namespaces.ProcessRequest.Role;
import dev.brig.namespaces.Rootfs;
import dev.brig.namespaces.RootfsRequest;
import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Root;
import dev.brig.runtime.spec.Spec;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A container as `brig run` makes it, for tests.
final class Samples {
  static final List<String> CAPABILITIES =
      List.of("CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_KILL", "CAP_SETGID", "CAP_SETUID");

  private Samples() {}

  static Spec spec(String... command) {
    Process process =
        Process.builder()
            .args(List.of(command))
            .env(List.of("PATH=/usr/bin:/bin"))
            .capabilities(
                new LinuxCapabilities(
                    CAPABILITIES, CAPABILITIES, List.of(), CAPABILITIES, List.of()))
            .build();
    Linux linux =
        Linux.builder()
            .namespaces(namespaces())
            .maskedPaths(List.of("/proc/kcore", "/proc/keys", "/sys/firmware", "/proc/scsi"))
            .readonlyPaths(List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"))
            .build();
    return Spec.builder("1.3.0", new Root("rootfs", /* readonly= */ false))
        .process(process)
        .hostname("sample")
        .mounts(mounts())
        .linux(linux)
        .build();
  }

  private static List<LinuxNamespace> namespaces() {
    return List.of(
        new LinuxNamespace(LinuxNamespaceType.PID),
        new LinuxNamespace(LinuxNamespaceType.NETWORK),
        new LinuxNamespace(LinuxNamespaceType.IPC),
        new LinuxNamespace(LinuxNamespaceType.UTS),
        new LinuxNamespace(LinuxNamespaceType.MOUNT),
        new LinuxNamespace(LinuxNamespaceType.CGROUP));
  }

  private static List<Mount> mounts() {
    List<String> strict = List.of("nosuid", "noexec", "nodev");
    return List.of(
        new Mount("/proc", "proc", "proc", strict),
        new Mount("/dev", "tmpfs", "tmpfs", List.of("nosuid", "mode=755", "size=65536k")),
        new Mount(
            "/dev/pts",
            "devpts",
            "devpts",
            List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")),
        new Mount("/dev/shm", "tmpfs", "shm", List.of("nosuid", "nodev", "mode=1777")),
        new Mount("/dev/mqueue", "mqueue", "mqueue", strict),
        new Mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "ro")));
  }

  static SpecFacts facts() {
    return new SpecFacts(
        40,
        Map.of(
            "/proc/kcore", Kind.FILE,
            "/proc/keys", Kind.FILE,
            "/sys/firmware", Kind.DIRECTORY,
            "/proc/bus", Kind.DIRECTORY,
            "/proc/fs", Kind.DIRECTORY,
            "/proc/irq", Kind.DIRECTORY,
            "/proc/sys", Kind.DIRECTORY),
        Map.of(),
        Set.of(),
        new Isolation.IdMapping.None(),
        UserNamespace.INITIAL,
        Map.of(),
        new Filter(new byte[0], 0, ""),
        Map.of());
  }

  static Launch launch(Spec spec, String directory, Streams streams) {
    Rootfs rootfs =
        new Rootfs.Overlay(
            List.of("/"),
            directory + "/upper",
            directory + "/work",
            Rootfs.Durability.VOLATILE,
            Rootfs.Xattrs.TRUSTED,
            Rootfs.Mounting.ONE_STRING);
    Launch.State state =
        new Launch.State(
            "0123456789ab",
            directory,
            directory + "/run",
            directory + "/name",
            List.of("/bin/echo"),
            9,
            -1,
            0,
            Launch.Removal.REMOVE,
            Launch.Removal.REMOVE,
            Launch.Service.PLAIN);
    SpecCompiler.Placement placement =
        new SpecCompiler.Placement(
            state,
            rootfs,
            directory + "/rootfs",
            streams,
            Role.FIRST,
            new Keeper.None(),
            RootfsRequest.Way.PIVOT);
    return SpecCompiler.launch(spec, placement, CgroupPlan.NONE, facts());
  }
}
