package dev.brig.cli.build;

import dev.brig.cli.command.Context;
import dev.brig.cli.syntax.Reading;
import dev.brig.error.UsageException;
import dev.brig.image.build.BuildFile;
import dev.brig.image.build.IgnoreFile;
import dev.brig.image.layer.FdInput;
import dev.brig.image.layer.LayerExtractor;
import dev.brig.image.layer.LayerInput;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.LowerLayers;
import dev.brig.image.layer.Ownership;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.Links;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The context of a build, the build file and the ignore file, wherever the caller has them.
final class ContextSource implements AutoCloseable {
  private static final int FILE_BYTES_MAX = 4 << 20;
  private static final String INPUT = "-";

  private final Kernel kernel;
  private final Reading.Arguments<BuildOption> arguments;
  private final MountFiles files;
  private final Path directory;
  private final BuildFile file;
  private final IgnoreFile ignore;

  ContextSource(Context context, Reading.Arguments<BuildOption> arguments) {
    this.kernel = context.kernel();
    this.arguments = arguments;
    this.files = new MountFiles(context);
    String where = arguments.operands().isEmpty() ? "." : arguments.operands().getFirst();
    try {
      this.directory = where.equals(INPUT) ? unpacked() : existing(where);
      Found found = buildFile();
      this.file = BuildFile.parse(found.name(), found.text());
      this.ignore = ignoreFile(found.path());
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /// Returns the build file.
  BuildFile file() {
    return file;
  }

  /// Returns the directory with what is left out of it.
  BuildContext context() {
    return new BuildContext(directory, ignore);
  }

  private Path existing(String where) {
    if (where.indexOf("://") > 0 || where.startsWith("git@")) {
      throw new UsageException(
          "context " + where,
          "brig fetches no contexts",
          "clone it first: git clone " + where + " DIRECTORY && brig build DIRECTORY");
    }
    Path path = Workshop.absolute("context", where);
    var status = kernel.attributes().statIfPresent(Fd.CWD, path.toString(), Links.FOLLOW);
    if (status.isEmpty() || !status.get().isDirectory()) {
      throw new UsageException(
          "context " + where,
          status.isEmpty() ? "there is no such directory" : "it is not a directory",
          "the build file is given by -f, the context is a directory or - for a tar");
    }
    return path;
  }

  /// Unpacks the tar on standard input: as a layer, so that nothing in it leads out.
  private Path unpacked() {
    Path path = files.directory("context");
    VerifiedStream stream =
        VerifiedStream.unknown(new FdInput(kernel.files(), Fd.STDIN), "standard input");
    OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY};
    boolean root = kernel.processes().euid() == 0;
    try (LayerInput input = new LayerInput(stream, "standard input", null, Limits.DEFAULT);
        LowerLayers nothing = new LowerLayers(kernel, List::of);
        Fd fd = kernel.files().openat(Fd.CWD, path.toString(), flags)) {
      Ownership ownership = root ? Ownership.KEPT : Ownership.CALLER;
      var _ =
          new LayerExtractor(kernel, nothing, ownership, Limits.DEFAULT)
              .extract(input.tar(), fd, "the context on standard input");
    }
    return path;
  }

  /// A build file that was found.
  private record Found(String name, String path, String text) {}

  private Found buildFile() {
    String chosen = arguments.value(BuildOption.FILE, "");
    if (chosen.equals(INPUT)) {
      byte[] bytes = kernel.files().readAll(Fd.STDIN, FILE_BYTES_MAX);
      return new Found("Containerfile", "", new String(bytes, StandardCharsets.UTF_8));
    }
    List<String> names = new ArrayList<>();
    if (chosen.isEmpty()) {
      names.add(directory + "/Containerfile");
      names.add(directory + "/Dockerfile");
    } else {
      // As podman: below the working directory, or below the context.
      names.add(Workshop.absolute("--file", chosen).toString());
      names.add(directory.resolve(chosen).toString());
    }
    for (String name : names) {
      Optional<String> text = text(name);
      if (text.isPresent()) {
        String shown = chosen.isEmpty() ? name.substring(name.lastIndexOf('/') + 1) : chosen;
        return new Found(shown, name, text.get());
      }
    }
    throw new UsageException(
        chosen.isEmpty() ? "context " + directory : "--file " + chosen,
        chosen.isEmpty()
            ? "there is neither a Containerfile nor a Dockerfile in it"
            : "there is no such file",
        "say where it is: brig build -f FILE CONTEXT");
  }

  private Optional<String> text(String path) {
    try {
      return kernel
          .files()
          .readIfPresent(Fd.CWD, path, FILE_BYTES_MAX)
          .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    } catch (KernelException e) {
      throw e.during("read " + path);
    }
  }

  private IgnoreFile ignoreFile(String buildFile) {
    String chosen = arguments.value(BuildOption.IGNOREFILE, "");
    if (!chosen.isEmpty()) {
      String text =
          text(Workshop.absolute("--ignorefile", chosen).toString())
              .orElseThrow(
                  () -> new UsageException("--ignorefile " + chosen, "there is no such file", ""));
      return IgnoreFile.parse(chosen, text);
    }
    List<String> names = new ArrayList<>();
    if (!buildFile.isEmpty()) {
      names.add(buildFile + ".containerignore");
      names.add(buildFile + ".dockerignore");
    }
    names.add(directory + "/.containerignore");
    names.add(directory + "/.dockerignore");
    for (String name : names) {
      Optional<String> text = text(name);
      if (text.isPresent()) {
        return IgnoreFile.parse(name.substring(name.lastIndexOf('/') + 1), text.get());
      }
    }
    return IgnoreFile.none();
  }

  @Override
  public void close() {
    files.close();
  }
}
