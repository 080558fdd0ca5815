package dev.brig.cli.build;

import dev.brig.cli.run.RunOption;
import dev.brig.cli.syntax.Reading.Setting;
import dev.brig.image.Digest;
import dev.brig.image.build.CacheKey;
import dev.brig.image.build.Command;
import dev.brig.image.build.CopyEntry;
import dev.brig.image.build.CopyPlanner;
import dev.brig.image.build.CopyRequest;
import dev.brig.image.build.Instruction;
import dev.brig.image.build.Place;
import dev.brig.image.build.RunMount;
import dev.brig.image.build.Step;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes what a RUN mounts: caches that stay, files of the context or of a stage, secrets.
final class MountMaker implements AutoCloseable {
  private static final int SECRET_BYTES_MAX = 1 << 20;

  private final Workshop shop;
  private final Sources sources;
  private final Step.Run run;
  private final int stage;
  private final Place place;
  private final MountFiles files;
  private final List<Fd> locks = new ArrayList<>();

  MountMaker(Workshop shop, Sources sources, Step.Run run, int stage) {
    this.shop = shop;
    this.sources = sources;
    this.run = run;
    this.stage = stage;
    this.place = run.instruction().place();
    this.files = new MountFiles(shop.context());
  }

  /// Returns digests of what is mounted and could change the result: the files of binds. What a
  /// cache or a secret holds does not count, as with other builders.
  List<String> digests() {
    List<String> digests = new ArrayList<>();
    for (RunMount mount : run.mounts()) {
      if (mount instanceof RunMount.Bind(RunMount.Source source, var _, var _)) {
        Sources.Opened from = sources.open(source.from(), stage, place);
        digests.add(
            CacheKey.copy("", "", entries(from, source.path()), from.tree()::digest).toString());
      }
    }
    return digests;
  }

  /// Returns the entries of a copy of a path into an empty directory.
  private List<CopyEntry> entries(Sources.Opened from, String path) {
    boolean directory = from.tree().look(clean(path)).map(node -> node.isDirectory()).orElse(true);
    CopyRequest request =
        new CopyRequest(
            place,
            Instruction.Copy.Kind.COPY,
            Instruction.CopyOptions.NONE,
            List.of(clean(path)),
            directory ? "/" : "/file",
            List.of());
    return new CopyPlanner(
            request, from.source(), new EmptyTree(), CopyPlanner.Owner.ROOT, 0, _ -> false)
        .plan();
  }

  private static String clean(String path) {
    return path.startsWith("/") ? path.substring(1) : path;
  }

  /// Makes everything.
  ///
  /// @return the options of the container that mount it
  List<Setting<RunOption>> make() {
    List<Setting<RunOption>> settings = new ArrayList<>();
    for (RunMount mount : run.mounts()) {
      switch (mount) {
        case RunMount.Cache cache -> settings.add(cache(cache));
        case RunMount.Bind bind -> settings.add(bind(bind));
        case RunMount.Tmpfs(String target, String size) ->
            settings.add(
                new Setting<>(RunOption.TMPFS, target + (size.isEmpty() ? "" : ":size=" + size)));
        case RunMount.Secret secret -> settings.addAll(secret(secret));
      }
    }
    if (!run.file().isEmpty()) {
      byte[] text = run.file().getBytes(StandardCharsets.UTF_8);
      Path file = files.file(text, new RunMount.Owner(0755, 0, 0));
      settings.add(mounted(file, Command.FILE, RunMount.Access.READ));
    }
    return settings;
  }

  private Setting<RunOption> mounted(Path source, String target, RunMount.Access access) {
    String path = source.toString();
    if (path.indexOf(',') >= 0 || target.indexOf(',') >= 0) {
      throw place.wrong("a mount's path with a comma: " + path, "use a path without one");
    }
    String ro = access == RunMount.Access.READ ? ",ro" : "";
    // Programs of the build may be among the files.
    return new Setting<>(RunOption.MOUNT, "type=bind,src=" + path + ",dst=" + target + ro);
  }

  private Setting<RunOption> cache(RunMount.Cache cache) {
    if (!cache.seed().from().isEmpty()) {
      throw place.wrong(
          "RUN --mount=type=cache,from=" + cache.seed().from() + ": a cache begins empty",
          "leave from out, and copy what it is to begin with in the command");
    }
    String name = Digest.of(cache.id().getBytes(StandardCharsets.UTF_8)).hex().substring(0, 32);
    Path root = shop.context().paths().root().resolve("build-cache");
    Kernel kernel = shop.kernel();
    files.directories(root);
    Path directory = root.resolve(name);
    switch (cache.sharing()) {
      case SHARED -> {}
      case LOCKED -> locks.add(lock(directory + ".lock", Wait.YES).orElseThrow());
      case PRIVATE -> directory = free(directory);
    }
    if (kernel.tree().mkdirIfAbsent(Fd.CWD, directory.toString(), 0700)) {
      RunMount.Owner owner = cache.owner();
      kernel
          .attributes()
          .chownat(Fd.CWD, directory.toString(), owner.uid(), owner.gid(), Links.NOFOLLOW);
      kernel.attributes().chmodat(Fd.CWD, directory.toString(), owner.mode());
    }
    return mounted(directory, cache.target(), cache.access());
  }

  private enum Wait {
    YES,
    NO
  }

  private Path free(Path directory) {
    for (int i = 0; ; i++) {
      String path = directory + (i == 0 ? "" : "-" + i);
      Optional<Fd> lock = lock(path + ".lock", Wait.NO);
      if (lock.isPresent()) {
        locks.add(lock.get());
        return Path.of(path);
      }
    }
  }

  private Optional<Fd> lock(String path, Wait wait) {
    Kernel kernel = shop.kernel();
    Fd fd = kernel.files().openat(Fd.CWD, path, 0600, OpenFlag.O_RDWR, OpenFlag.O_CREAT);
    try {
      if (wait == Wait.YES) {
        kernel.files().lock(fd, Lock.EXCLUSIVE);
        return Optional.of(fd);
      }
      if (kernel.files().tryLock(fd, Lock.EXCLUSIVE)) {
        return Optional.of(fd);
      }
    } catch (KernelException e) {
      fd.close();
      throw e;
    }
    fd.close();
    return Optional.empty();
  }

  private Setting<RunOption> bind(RunMount.Bind bind) {
    Sources.Opened from = sources.open(bind.source().from(), stage, place);
    List<CopyEntry> entries = entries(from, bind.source().path());
    boolean directory =
        from.tree().look(clean(bind.source().path())).map(node -> node.isDirectory()).orElse(true);
    // A copy: what is written to it is lost, what the ignore file leaves out is not in it.
    Path copy = files.copy(entries, from.tree());
    return mounted(directory ? copy : copy.resolve("file"), bind.target(), bind.access());
  }

  private List<Setting<RunOption>> secret(RunMount.Secret secret) {
    BuildSettings.Secret given = shop.settings().secrets().get(secret.id());
    Optional<byte[]> bytes = given == null ? Optional.empty() : bytes(secret.id(), given);
    if (bytes.isEmpty()) {
      if (secret.need() == RunMount.Need.REQUIRED) {
        throw place.wrong(
            "there is no secret \"" + secret.id() + "\"",
            "give it: --secret id=" + secret.id() + ",src=FILE");
      }
      return List.of();
    }
    List<Setting<RunOption>> settings = new ArrayList<>();
    if (!secret.target().isEmpty()) {
      Path file = files.file(bytes.get(), secret.owner());
      settings.add(mounted(file, secret.target(), RunMount.Access.READ));
    }
    if (!secret.variable().isEmpty()) {
      String value = new String(bytes.get(), StandardCharsets.UTF_8);
      settings.add(new Setting<>(RunOption.ENV, secret.variable() + "=" + value));
    }
    return settings;
  }

  private Optional<byte[]> bytes(String id, BuildSettings.Secret given) {
    if (!given.variable().isEmpty()) {
      String value = shop.context().environment().get(given.variable());
      if (value != null) {
        return Optional.of(value.getBytes(StandardCharsets.UTF_8));
      }
    }
    String file = given.file().isEmpty() ? given.variable() : given.file();
    try {
      Optional<byte[]> bytes = shop.kernel().files().readIfPresent(Fd.CWD, file, SECRET_BYTES_MAX);
      if (bytes.isEmpty()) {
        throw place.wrong("secret \"" + id + "\": there is no file " + file, "");
      }
      return bytes;
    } catch (KernelException e) {
      throw e.during("--secret id=" + id);
    }
  }

  /// Removes the places that the container's root had to be given for the mounts.
  ///
  /// @param upper the container's writable layer
  void removePlaces(Path upper) {
    for (RunMount mount : run.mounts()) {
      if (!mount.target().isEmpty()) {
        files.removeEmpty(upper, mount.target());
      }
    }
  }

  @Override
  public void close() {
    try {
      files.close();
    } finally {
      locks.forEach(Fd::close);
    }
  }
}
