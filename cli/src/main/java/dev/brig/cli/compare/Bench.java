package dev.brig.cli.compare;

import dev.brig.cli.command.Context;
import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Compiler;
import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.KernelException;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import dev.brig.plan.Plan;
import dev.brig.runtime.container.DirectTreeRemover;
import dev.brig.runtime.probe.ChrootPlanner;
import dev.brig.runtime.probe.ProbePlanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// Where a comparison has its files: a directory of its own in brig's, locked as long as it lasts.
///
/// ```
/// ROOT/compare/PID/  lock       held by the brig that compares
///                    root/      the root of all arms: probe, work/
///                    chroot     the program that goes there
///                    build      what makes an image of the root
///                    brig/      the state of the containers of brig's own; its cache is brig's
///                    bundle-*/  bundles for runc and its kin
/// ```
final class Bench implements AutoCloseable {
  private static final String DIRECTORY = "compare";
  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int ATTEMPTS = 40;
  private static final long PAUSE_NANOS = 50_000_000L;

  private final Context context;
  private final Path path;
  private final Fd lock;
  private final String sha256;

  private Bench(Context context, Path path, Fd lock) {
    this.context = context;
    this.path = path;
    this.lock = lock;
    try {
      for (String directory : new String[] {"work", "proc", "sys", "dev", "tmp", "usr", "etc"}) {
        Files.createDirectories(root().resolve(directory));
      }
      byte[] probe = program("root/probe", ProbePlanner.plan());
      program("chroot", ChrootPlanner.plan(root().toString(), "/work", "/probe"));
      Files.writeString(buildFile(), "FROM scratch\nCOPY . /\n");
      // What was found out about guests here is true there, too.
      Files.createDirectories(path.resolve("brig"));
      Path cache = Files.createDirectories(context.paths().root().resolve("cache"));
      Files.createSymbolicLink(path.resolve("brig/cache"), cache);
      sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(probe));
    } catch (IOException e) {
      throw unwritable(path, e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /// Makes a bench, after what others left that were killed is removed.
  static Bench open(Context context) {
    sweep(context);
    // What arms leave behind, podman's monitor for one, becomes a child of this process.
    var _ = context.kernel().processes().prctl(PR_SET_CHILD_SUBREAPER, 1);
    Path path = directory(context).resolve(Long.toString(ProcessHandle.current().pid()));
    while (true) {
      try {
        Files.createDirectories(path);
        Fd lock = openLock(context, path);
        context.kernel().files().lock(lock, Lock.EXCLUSIVE);
        if (context.kernel().attributes().exists(path.resolve("lock").toString())) {
          return new Bench(context, path, lock);
        }
        lock.close();
      } catch (KernelException e) {
        // Another brig's sweep was faster than the lock.
        if (e.errno() != Errno.ENOENT) {
          throw e;
        }
      } catch (IOException e) {
        throw unwritable(path, e);
      }
    }
  }

  private static UsageException unwritable(Path path, IOException cause) {
    UsageException wrong =
        new UsageException(
            "bench " + path,
            "it can't be made: " + cause,
            "--root DIR or BRIG_ROOT has it elsewhere");
    wrong.addSuppressed(cause);
    return wrong;
  }

  private static Path directory(Context context) {
    return context.paths().root().resolve(DIRECTORY);
  }

  private static Fd openLock(Context context, Path bench) {
    return context
        .kernel()
        .files()
        .openat(
            Fd.CWD,
            bench.resolve("lock").toString(),
            0600,
            OpenFlag.O_RDWR,
            OpenFlag.O_CREAT,
            OpenFlag.O_CLOEXEC);
  }

  /// Removes the benches that nobody holds.
  static void sweep(Context context) {
    Path directory = directory(context);
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> benches = Files.newDirectoryStream(directory)) {
      for (Path bench : benches) {
        try (Fd lock = openLock(context, bench)) {
          if (context.kernel().files().tryLock(lock, Lock.EXCLUSIVE)) {
            remove(context, bench);
          }
        } catch (BrigException e) {
          context.warn(e.failure().line());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    removeIfEmpty(directory);
  }

  private static void removeIfEmpty(Path directory) {
    try {
      Files.deleteIfExists(directory);
    } catch (IOException _) {
      // Another comparison runs: ignored.
    }
  }

  private static void remove(Context context, Path bench) {
    unmount(context, bench);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        new DirectTreeRemover(context.kernel()).remove(bench);
        return;
      } catch (KernelException e) {
        // An arm whose brig was killed is clearing up meanwhile.
        if (e.errno() != Errno.ENOTEMPTY || attempt == ATTEMPTS) {
          throw e;
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /// Unmounts what an arm that was killed has left mounted on the bench: podman's shared memory.
  private static void unmount(Context context, Path bench) {
    List<String> mounted = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
        // The fifth field is the mount point; proc_pid_mountinfo(5).
        String[] fields = line.split(" ", 6);
        if (fields.length == 6 && fields[4].startsWith(bench + "/")) {
          mounted.addFirst(fields[4]);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String point : mounted) {
      context.kernel().mounts().detach(point);
    }
  }

  private byte[] program(String name, Plan plan) throws IOException {
    Path file = path.resolve(name);
    byte[] image = Compiler.compile(plan, new CompileOptions(context.kernel().machine())).image();
    Files.write(file, image);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return image;
  }

  Path path() {
    return path;
  }

  Path root() {
    return path.resolve("root");
  }

  Path buildFile() {
    return path.resolve("build");
  }

  Path work() {
    return root().resolve("work");
  }

  /// Returns the digest of the probe.
  String sha256() {
    return sha256;
  }

  @Override
  public void close() {
    Watchdog.endAll();
    remove(context, path);
    lock.close();
    removeIfEmpty(directory(context));
  }
}
