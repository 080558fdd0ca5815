package dev.brig.cli.run;

import dev.brig.cli.bundle.BundleFacts;
import dev.brig.cli.bundle.BundleFacts.Privilege;
import dev.brig.cli.bundle.DeviceNumbers;
import dev.brig.cli.bundle.GroupFile;
import dev.brig.cli.bundle.NamespaceMode;
import dev.brig.cli.bundle.PasswdFile;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.bundle.RunOptions.Switch;
import dev.brig.cli.bundle.SeccompChoice;
import dev.brig.cli.bundle.UserLookup;
import dev.brig.cli.command.Context;
import dev.brig.cli.value.Wrong;
import dev.brig.image.Image;
import dev.brig.linux.Capability;
import dev.brig.linux.Fd;
import dev.brig.linux.Identity;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.SubordinateIds;
import dev.brig.linux.WindowSize;
import dev.brig.runtime.compile.IdMappings;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.spec.ConsoleSize;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.LinuxNamespaceType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks up what a container's configuration depends on, and only that: most containers need
/// little.
final class FactsCollector {
  private static final int FILE_BYTES_MAX = 1 << 20;
  private static final long ALL_IDS = 0xffff_ffffL;

  private final Context context;
  private final Kernel kernel;
  private final RunOptions.Isolation asked;

  /// Makes one.
  ///
  /// @param asked the namespaces as they were asked for, with containers by their names
  FactsCollector(Context context, RunOptions.Isolation asked) {
    this.context = context;
    this.kernel = context.kernel();
    this.asked = asked;
  }

  /// Looks up the facts; changes nothing.
  ///
  /// @throws dev.brig.error.UsageException if an option names something that is not there
  BundleFacts collect(ContainerId id, Image image, RunOptions options) {
    DeviceLookup devices = new DeviceLookup(kernel);
    Map<String, DeviceNumbers> hostDevices =
        options.lifecycle().has(Switch.PRIVILEGED) ? devices.all() : Map.of();
    ImageTree tree = new ImageTree(kernel, image.layers());
    UserLookup users =
        new UserLookup(
            PasswdFile.parse(tree.text("etc/passwd")), GroupFile.parse(tree.text("etc/group")));
    return new BundleFacts(
        id.text(),
        places(id),
        caller(options),
        users,
        devices.named(options),
        hostDevices,
        hostFiles(),
        image.name().equals(Image.HOST) ? BundleFacts.Tree.MACHINE : BundleFacts.Tree.IMAGE);
  }

  private BundleFacts.Places places(ContainerId id) {
    ContainerPaths paths = context.paths().of(id);
    return new BundleFacts.Places(
        paths.rootfs().toString(),
        paths.directory().toString(),
        context.paths().root().resolve("volumes").toString(),
        Path.of("").toAbsolutePath().toString(),
        "/brig/" + id.text());
  }

  private BundleFacts.Caller caller(RunOptions options) {
    boolean rootless = context.isRootless();
    List<LinuxIdMapping> uids = List.of();
    List<LinuxIdMapping> gids = List.of();
    if (rootless) {
      Identity identity = context.host().identity();
      SubordinateIds ranges = context.host().subordinateIds();
      uids = IdMappings.ownThenRanges(identity.euid(), ranges.usable() ? ranges.uids() : List.of());
      gids = IdMappings.ownThenRanges(identity.egid(), ranges.usable() ? ranges.gids() : List.of());
    } else if (NamespaceMode.PRIVATE.equals(
        options.isolation().modes().get(LinuxNamespaceType.USER))) {
      uids = List.of(new LinuxIdMapping(0, 0, ALL_IDS));
      gids = uids;
    }
    return new BundleFacts.Caller(
        rootless ? Privilege.ROOTLESS : Privilege.ROOT,
        uids,
        gids,
        capabilities(options),
        options.lifecycle().has(Switch.TTY) ? consoleSize() : null,
        seccompProfile(options));
  }

  /// What can be granted at all: the caller's own, which a root without CAP_SYS_RESOURCE shows to
  /// be less than everything. In a user namespace of its own a container can have them all.
  private List<String> capabilities(RunOptions options) {
    boolean everything =
        options.lifecycle().has(Switch.PRIVILEGED)
            || options.security().capabilitiesAdded().contains("ALL");
    List<String> names = new ArrayList<>();
    if (everything) {
      for (Capability capability : Capability.values()) {
        if (context.isRootless() || context.host().identity().effective().contains(capability)) {
          names.add(capability.name());
        }
      }
    }
    return names;
  }

  private @Nullable ConsoleSize consoleSize() {
    Optional<WindowSize> size = kernel.terminals().windowSize(Fd.STDIN);
    return size.isEmpty() ? null : new ConsoleSize(size.get().rows(), size.get().columns());
  }

  private String seccompProfile(RunOptions options) {
    return switch (options.security().seccomp()) {
      case SeccompChoice.Default(), SeccompChoice.Unconfined() -> "";
      case SeccompChoice.Profile(String path) -> {
        String text = text(path, "--security-opt");
        if (text.isBlank()) {
          throw Wrong.value("--security-opt", "seccomp=" + path, "there is no such profile");
        }
        yield text;
      }
    };
  }

  private BundleFacts.HostFiles hostFiles() {
    NamespaceMode network =
        asked.modes().getOrDefault(LinuxNamespaceType.NETWORK, NamespaceMode.PRIVATE);
    if (network.equals(NamespaceMode.PRIVATE)) {
      return BundleFacts.HostFiles.NONE;
    }
    return network instanceof NamespaceMode.Shared(String reference)
        ? hostFiles(context.containers().find(reference).paths().directory())
        : hostFiles(Path.of("/etc"));
  }

  private BundleFacts.HostFiles hostFiles(Path directory) {
    return new BundleFacts.HostFiles(
        text(directory + "/hosts", "--network"), text(directory + "/resolv.conf", "--network"));
  }

  /// Returns a file's text, or the empty string if it is not there.
  private String text(String path, String option) {
    try {
      Optional<byte[]> bytes = kernel.files().readIfPresent(Fd.CWD, path, FILE_BYTES_MAX);
      return bytes.isEmpty() ? "" : new String(bytes.get(), StandardCharsets.UTF_8);
    } catch (KernelException e) {
      throw e.during(option + ": read " + path);
    }
  }
}
