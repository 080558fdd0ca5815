package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.linux.Fd;
import dev.brig.linux.Identity;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.spec.LinuxIdMapping;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.LinuxResources;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecReader;
import dev.brig.runtime.spec.SpecWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `spec`: writes a config.json to begin with.
final class SpecCommand implements OciCommand<SharedOption> {
  private final OciContext context;

  SpecCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<SharedOption> syntax() {
    return new Syntax<>(
        "brig-oci spec",
        "Write a config.json to begin with.",
        List.of(SharedOption.BUNDLE, SharedOption.ROOTLESS),
        Operands.NONE,
        List.of());
  }

  @Override
  public int run(Reading.Arguments<SharedOption> arguments) {
    Path file =
        OciContext.path("--bundle", arguments.value(SharedOption.BUNDLE, ""))
            .resolve("config.json");
    Spec spec = template();
    if (arguments.has(SharedOption.ROOTLESS)) {
      spec = rootless(spec, context.host().identity());
    }
    Optional<Fd> created =
        context.kernel().files().createIfAbsent(Fd.CWD, file.toString(), 0666, OpenFlag.O_WRONLY);
    if (created.isEmpty()) {
      throw new UsageException(file.toString(), "File config.json exists", "remove it first");
    }
    try (Fd fd = created.get()) {
      context
          .kernel()
          .files()
          .writeAll(fd, SpecWriter.write(spec).getBytes(StandardCharsets.UTF_8));
    }
    return 0;
  }

  static Spec template() {
    try (InputStream resource = SpecCommand.class.getResourceAsStream("config.json")) {
      if (resource == null) {
        throw new AssertionError("the template is not beside its class");
      }
      return SpecReader.read(new InputStreamReader(resource, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Returns a configuration for an ordinary user: its id is root's in a user namespace, and what
  /// only the host's root can do is left out.
  static Spec rootless(Spec spec, Identity caller) {
    List<LinuxNamespace> namespaces = new ArrayList<>();
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() != LinuxNamespaceType.NETWORK) {
        namespaces.add(namespace);
      }
    }
    namespaces.add(new LinuxNamespace(LinuxNamespaceType.USER, ""));
    List<Mount> mounts = new ArrayList<>();
    for (Mount mount : spec.mounts()) {
      mounts.add(rootless(mount));
    }
    LinuxIdMapping uid = new LinuxIdMapping(0, Integer.toUnsignedLong(caller.euid()), 1);
    LinuxIdMapping gid = new LinuxIdMapping(0, Integer.toUnsignedLong(caller.egid()), 1);
    return spec.toBuilder()
        .mounts(mounts)
        .linux(
            spec.linux().toBuilder()
                .namespaces(namespaces)
                .uidMappings(List.of(uid))
                .gidMappings(List.of(gid))
                .resources(LinuxResources.NONE)
                .build())
        .build();
  }

  private static Mount rootless(Mount mount) {
    return switch (mount.destination()) {
      case "/sys" ->
          new Mount(
              "/sys",
              "none",
              "/sys",
              List.of("rbind", "nosuid", "noexec", "nodev", "ro"),
              List.of(),
              List.of());
      case "/dev/pts" -> {
        List<String> options = new ArrayList<>(mount.options());
        options.removeIf(option -> option.startsWith("gid="));
        yield new Mount(
            mount.destination(), mount.type(), mount.source(), options, List.of(), List.of());
      }
      default -> mount;
    };
  }
}
