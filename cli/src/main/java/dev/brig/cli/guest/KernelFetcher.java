package dev.brig.cli.guest;

import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.image.layer.LayerExtractor;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.LowerLayers;
import dev.brig.image.layer.Ownership;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.DirectTreeRemover;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Gets kernels for virtual machines out of Debian's packages. apt(8) fetches those, and checks who
/// has signed them.
final class KernelFetcher {
  /// The package that depends on the newest kernel for clouds.
  static final String USUAL = "linux-image-cloud-amd64";

  private static final String SUFFIX = ".deb";
  // What is not done yet begins so.
  private static final String UNDONE = ".fetch";
  private static final Pattern DEPENDED =
      Pattern.compile("^Depends:.*?\\b(linux-image-[a-z0-9.+-]+)", Pattern.MULTILINE);

  private final Context context;
  private final Kernel kernel;
  private final Path directory;

  KernelFetcher(Context context, Path directory) {
    this.context = context;
    this.kernel = context.kernel();
    this.directory = directory;
  }

  /// Gets a kernel, and returns the name of its directory. One that is there stays as it is.
  ///
  /// @param what a package's name, or a file's that ends in `.deb`
  /// @throws UsageException if there is no such package, or it has no kernel
  String fetch(String what) {
    Path work = directory.resolve(UNDONE);
    try {
      Files.createDirectories(directory);
      OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY};
      try (Fd lock = kernel.files().openat(Fd.CWD, directory.toString(), flags)) {
        kernel.files().lock(lock, Lock.EXCLUSIVE);
        try {
          // Of one that was killed.
          remove(work);
          Files.createDirectory(work);
          return install(work, what);
        } finally {
          remove(work);
        }
      }
    } catch (IOException e) {
      throw unwritable(directory, e);
    }
  }

  private static UsageException unwritable(Path directory, IOException cause) {
    return new UsageException(
        "fetch",
        directory + " can't be written: " + cause.getMessage(),
        "--root DIRECTORY has brig's state elsewhere");
  }

  private String install(Path work, String what) throws IOException {
    Path file = what.endsWith(SUFFIX) ? local(what) : download(work, what);
    DebianPackage found = new DebianPackage(file);
    Matcher depended = DEPENDED.matcher(found.control());
    if (!what.endsWith(SUFFIX) && depended.find()) {
      found = new DebianPackage(download(work, depended.group(1)));
    }
    String name = found.file().getFileName().toString();
    name = name.substring(0, name.length() - SUFFIX.length());
    Path target = directory.resolve(name);
    if (!Files.isDirectory(target)) {
      Path root = Files.createDirectory(work.resolve("root"));
      unpack(found, root);
      List<Path> images = Kernels.images(root);
      if (images.isEmpty()) {
        throw new UsageException(
            "fetch " + what, "there is no kernel in it", "name one of linux-image-…");
      }
      // Its modules have to be there, too.
      GuestKernel.of(images.getFirst());
      Files.move(root, target);
    }
    return name;
  }

  private static Path local(String what) {
    Path file = Path.of(what).toAbsolutePath();
    if (!Files.isRegularFile(file)) {
      throw new UsageException("fetch " + what, "there is no such file", "");
    }
    return file;
  }

  private Path download(Path work, String name) throws IOException {
    if (context.program("apt-get").isEmpty()) {
      throw new UnsupportedException(
          "fetch " + name,
          "apt-get is not here, which fetches Debian's packages",
          "get the package elsewhere, and name the file: brig kernel fetch FILE.deb");
    }
    context.err().println("brig: fetching " + name);
    // Its usual user could not write here.
    List<String> words =
        List.of("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", name);
    Process process =
        new ProcessBuilder(words)
            .directory(work.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (status(process) != 0) {
      throw new UsageException(
          "fetch " + name, "apt-get failed: " + reason(said), "apt-get update gets the lists");
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(work, name + "_*" + SUFFIX)) {
      for (Path file : files) {
        return file;
      }
    }
    throw new UsageException("fetch " + name, "apt-get has fetched no such file", "");
  }

  private static int status(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
      throw new UnsupportedException("fetch", "interrupted", "");
    }
  }

  private static String reason(String said) {
    Optional<String> error = said.lines().filter(line -> line.startsWith("E: ")).findFirst();
    return error.map(line -> line.substring(3)).orElseGet(said::strip);
  }

  private void unpack(DebianPackage found, Path root) {
    OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY};
    try (LowerLayers nothing = new LowerLayers(kernel, List::of);
        Fd target = kernel.files().openat(Fd.CWD, root.toString(), flags)) {
      String name = found.file().toString();
      var _ =
          found.data(tar ->
              new LayerExtractor(kernel, nothing, Ownership.CALLER, Limits.DEFAULT)
                  .extract(tar, target, name));
    }
  }

  private void remove(Path tree) {
    if (Files.isDirectory(tree)) {
      new DirectTreeRemover(kernel).remove(tree);
    }
  }
}
