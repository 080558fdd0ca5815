package dev.brig.diagnose;

import dev.brig.diagnose.FailedCall.Side;
import dev.brig.diagnose.FailedCall.Subject;
import dev.brig.diagnose.Surroundings.Command;
import dev.brig.diagnose.Surroundings.Credentials;
import dev.brig.diagnose.Surroundings.Mounted;
import dev.brig.error.Failure;
import dev.brig.linux.Errno;
import dev.brig.linux.Host;
import dev.brig.linux.HostFacts;
import dev.brig.linux.Kernel;
import dev.brig.linux.Syscall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A made-up root and a made-up /proc, for tests.
final class Tree {
  static final Credentials ROOT = new Credentials(0, 0, List.of(), Credentials.Access.OVERRIDES);
  static final Credentials USER = new Credentials(1000, 1000, List.of(), Credentials.Access.OBEYS);

  private final Path folder;
  private final List<String> layers = new ArrayList<>();
  private final List<Mounted> mounts = new ArrayList<>();
  private Credentials credentials = ROOT;
  private Host host = HostFacts.root();

  Tree(Path folder) {
    this.folder = folder;
    layer("root");
  }

  Tree layer(String name) {
    layers.add(folder.resolve(name).toString());
    make(folder.resolve(name));
    return this;
  }

  /// Adds a layer that is there already, whatever it is.
  Tree lower(String name) {
    layers.add(folder.resolve(name).toString());
    return this;
  }

  Tree file(String path, byte[] content, String permissions) {
    try {
      Path file = folder.resolve(path);
      make(file.resolveSibling("."));
      Files.write(file, content);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Tree program(String path, byte[] content) {
    return file(path, content, "rwxr-xr-x");
  }

  Tree directory(String path, String permissions) {
    try {
      make(folder.resolve(path));
      Files.setPosixFilePermissions(
          folder.resolve(path), PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Tree link(String path, String target) {
    try {
      make(folder.resolve(path).resolveSibling("."));
      Files.createSymbolicLink(folder.resolve(path), Path.of(target));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  Tree mount(Mounted mounted) {
    mounts.add(mounted);
    return this;
  }

  Tree as(Credentials other) {
    credentials = other;
    return this;
  }

  Tree on(Host other) {
    host = other;
    return this;
  }

  String path(String name) {
    return folder.resolve(name).toString();
  }

  Failure exec(Errno errno, String path, String... argv) {
    List<String> arguments = argv.length == 0 ? List.of(path) : List.of(argv);
    Command command = new Command(arguments, List.of("/usr/bin", "/bin"), "/");
    Subject subject = new Subject(List.of(path), List.of(), Side.CONTAINER);
    return diagnose(
        new FailedCall(
            Syscall.EXECVE, "execute " + path, "execve(\"" + path + "\", …)", errno, subject),
        command);
  }

  Failure call(
      Syscall syscall, Errno errno, String call, List<String> texts, List<String> related) {
    Subject subject = new Subject(texts, related, Side.HOST);
    return diagnose(
        new FailedCall(syscall, "do it", call, errno, subject),
        new Command(List.of("sh"), List.of(), "/"));
  }

  Optional<Errno> forecast(String path) {
    return forecast(path, Set.of());
  }

  Optional<Errno> forecast(String path, Set<String> empty) {
    Command command = new Command(List.of(path), List.of(), "/");
    Surroundings surroundings =
        new Surroundings(layers, path("work"), mounts, command, credentials);
    return new ExecForecast(Kernel.ofThisMachine(), host, surroundings, empty).refusal(path);
  }

  private Failure diagnose(FailedCall call, Command command) {
    Kernel kernel = Kernel.ofThisMachine();
    return new Diagnoser(kernel, host, new ProcFiles(kernel, path("proc")))
        .diagnose(call, new Surroundings(layers, path("work"), mounts, command, credentials));
  }

  private static void make(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
