package dev.brig.diagnose;

import dev.brig.diagnose.Lookup.Found;
import dev.brig.diagnose.Lookup.Place;
import dev.brig.diagnose.Surroundings.Credentials;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.FileType;
import dev.brig.linux.Host;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelText;
import dev.brig.linux.Machine;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is wrong with a file that is there and can't be executed.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/execve.2.html">execve(2), for the errors</a>
final class ProgramExamination {
  // The kernel reads so much of a script's first line (BINPRM_BUF_SIZE).
  private static final int FIRST_BYTES = 256;

  // As the kernel's limit for interpreters of interpreters.
  private static final int DEPTH_MAX = 5;

  // A layer that is mounted nowhere: no mount of the host's holds for it, /proc's least of all.
  private static final String DESCRIPTORS = "/proc/self/fd/";

  private final Kernel kernel;
  private final Host host;
  private final RootView root;
  private final Credentials credentials;
  private final Executor executor;

  ProgramExamination(
      Kernel kernel, Host host, RootView root, Credentials credentials, Executor executor) {
    this.kernel = kernel;
    this.host = host;
    this.root = root;
    this.credentials = credentials;
    this.executor = executor;
  }

  /// Whose execve(2) it is.
  enum Executor {
    /// This host's kernel.
    HOST,
    /// gVisor's: it takes 64-bit programs of this machine only, and does not know how the host has
    /// mounted what it shows.
    GVISOR
  }

  /// What keeps a file from being executed.
  ///
  /// @param errno what execve(2) says
  /// @param finding what is the matter
  record Obstacle(Errno errno, Finding finding) {
    Obstacle(Errno errno, String text, String hint) {
      this(errno, new Finding(text, hint));
    }
  }

  /// Looks at a file that is to be executed, or that execve(2) refused.
  ///
  /// @param path what the user called it
  /// @param found the file
  Optional<Obstacle> examine(String path, Found found) {
    return examine(path, found, 0);
  }

  private Optional<Obstacle> examine(String path, Found found, int depth) {
    Permissions permissions = new Permissions(credentials);
    Optional<Obstacle> way = onTheWay(permissions, found);
    if (way.isPresent()) {
      return way;
    }
    FileStatus status = found.status();
    if (status.type() != FileType.REGULAR) {
      return Optional.of(
          new Obstacle(
              Errno.EACCES,
              path + " is " + PathExplanation.kind(status.type()) + ", not a program",
              "name a program after the image: brig run IMAGE COMMAND"));
    }
    if (!permissions.mayExecute(status)) {
      return Optional.of(
          new Obstacle(
              Errno.EACCES,
              describe(path, found)
                  + " is not executable for "
                  + credentials.uid()
                  + ":"
                  + credentials.gid(),
              "chmod +x it in the image"
                  + (depth == 0 ? ", or run it by its interpreter: sh " + path : "")));
    }
    Optional<Obstacle> mount = forbiddenBy(path, found.place());
    if (mount.isPresent() || depth > DEPTH_MAX) {
      return mount;
    }
    try (Fd file = root.open(found.place())) {
      Optional<ElfFile> elf = ElfFile.read(kernel, file);
      return elf.isPresent() ? elf(path, found, elf.get()) : text(path, found, first(file), depth);
    }
  }

  private static String describe(String path, Found found) {
    FileStatus status = found.status();
    String real = found.path().equals(path) ? "" : " (that is " + found.path() + ")";
    return path
        + real
        + " is there ("
        + status.sizeBytes()
        + " bytes, mode 0"
        + Integer.toOctalString(status.permissions())
        + ", owner "
        + Integer.toUnsignedString(status.uid())
        + ":"
        + Integer.toUnsignedString(status.gid())
        + "); it";
  }

  private static Optional<Obstacle> onTheWay(Permissions permissions, Found found) {
    return permissions
        .blockedBy(found.visits())
        .map(finding -> new Obstacle(Errno.EACCES, finding));
  }

  private Optional<Obstacle> forbiddenBy(String path, Place place) {
    if (root.forbidsExecution(place)) {
      return Optional.of(
          new Obstacle(
              Errno.EACCES,
              path + " is on " + place.mount() + ", which is mounted noexec",
              "mount it with exec: the option \"exec\" of -v, --mount or --tmpfs"));
    }
    if (executor == Executor.GVISOR || place.layer().startsWith(DESCRIPTORS)) {
      return Optional.empty();
    }
    MountEntry mount = MountEntry.of(place.layer(), new ProcFiles(kernel, "/proc").mounts("self"));
    if (mount.has("noexec")) {
      return Optional.of(
          new Obstacle(
              Errno.EACCES,
              path + " is on the host's " + mount.target() + ", which is mounted noexec",
              "keep images and volumes on a filesystem without noexec, or mount -o remount,exec "
                  + mount.target()));
    }
    return Optional.empty();
  }

  private Obstacle foreign(String path, ElfFile elf) {
    return new Obstacle(
        Errno.ENOEXEC,
        path + " is a program for " + elf.machineName() + ", and this machine is " + machine(),
        "take the image for "
            + machine()
            + switch (executor) {
              case HOST ->
                  ", or install qemu-user-static, which lets the"
                      + " kernel run programs of other machines";
              case GVISOR -> "; gVisor runs no others";
            });
  }

  private Optional<Obstacle> elf(String path, Found found, ElfFile elf) {
    if (!runsHere(elf)) {
      return Optional.of(foreign(path, elf));
    }
    if (elf.type() != 2 && elf.type() != 3) {
      return Optional.of(
          new Obstacle(
              Errno.ENOEXEC,
              path + " is an ELF file but no program (type " + elf.type() + ")",
              elf.type() == 1 ? "it is an object file: link it first" : ""));
    }
    if (elf.interpreter().isEmpty()) {
      return Optional.empty();
    }
    Lookup interpreter = root.walk(elf.interpreter());
    if (interpreter instanceof Found there) {
      Permissions permissions = new Permissions(credentials);
      Optional<Obstacle> way = onTheWay(permissions, there);
      return way.isPresent() || permissions.mayExecute(there.status())
          ? way
          : Optional.of(
              new Obstacle(
                  Errno.EACCES,
                  "the interpreter of " + path + ", " + elf.interpreter() + ", is not executable",
                  "chmod +x it in the image"));
    }
    if (isUnknown(interpreter)) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder(describe(path, found));
    text.append(" is a dynamic ELF program, and its interpreter ").append(elf.interpreter());
    text.append(" is not in this root");
    List<String> missing = missing(elf.needed());
    if (!missing.isEmpty()) {
      text.append("; it also needs ").append(String.join(", ", missing));
    }
    return Optional.of(
        new Obstacle(missing(interpreter), text.toString(), interpreterHint(elf.interpreter())));
  }

  private String interpreterHint(String interpreter) {
    boolean musl = interpreter.contains("ld-musl");
    String own = musl ? "musl" : "glibc";
    String machine = machine();
    boolean otherThere =
        musl
            ? root.walk("/lib64/ld-linux-x86-64.so.2") instanceof Found
                || root.walk("/lib/ld-linux-aarch64.so.1") instanceof Found
            : root.walk("/lib/ld-musl-" + machine + ".so.1") instanceof Found;
    if (otherThere) {
      return "it was built for "
          + own
          + ", and this image has "
          + (musl ? "glibc" : "musl")
          + ": take a build for that, or a static one";
    }
    return "copy the interpreter and the libraries into the image, or take a static build";
  }

  private List<String> missing(List<String> libraries) {
    String[] folders = {
      "/lib",
      "/usr/lib",
      "/lib64",
      "/usr/lib64",
      "/lib/" + machine() + "-linux-gnu",
      "/usr/lib/" + machine() + "-linux-gnu",
      "/usr/local/lib"
    };
    List<String> missing = new ArrayList<>();
    for (String library : libraries) {
      boolean found = false;
      for (String folder : folders) {
        found |= root.walk(RootView.join(folder, library)) instanceof Found;
      }
      if (!found) {
        missing.add(library);
      }
    }
    return missing;
  }

  private boolean runsHere(ElfFile elf) {
    return switch (host.machine()) {
      case X86_64 -> isOne(elf, 62, 3);
      case AARCH64 -> isOne(elf, 183, 40);
    };
  }

  private boolean isOne(ElfFile elf, int wide, int narrow) {
    return switch (executor) {
      case HOST -> elf.machine() == wide || elf.machine() == narrow;
      case GVISOR -> elf.machine() == wide && elf.bits() == 64;
    };
  }

  /// Tells whether nothing can be said about a path that nobody has failed to reach yet.
  private boolean isUnknown(Lookup lookup) {
    return executor == Executor.GVISOR && lookup instanceof Lookup.Hidden;
  }

  private static Errno missing(Lookup lookup) {
    return switch (lookup) {
      case Lookup.Blocked _ -> Errno.ENOTDIR;
      case Lookup.Loop _ -> Errno.ELOOP;
      case Lookup.Missing _, Lookup.Hidden _, Found _ -> Errno.ENOENT;
    };
  }

  private String machine() {
    return host.machine() == Machine.X86_64 ? "x86_64" : "aarch64";
  }

  private Optional<Obstacle> text(String path, Found found, byte[] first, int depth) {
    if (first.length == 0) {
      return Optional.of(new Obstacle(Errno.ENOEXEC, path + " is empty", "copy it again"));
    }
    if (first.length < 2 || first[0] != '#' || first[1] != '!') {
      return Optional.of(new Obstacle(Errno.ENOEXEC, noFormat(path, found, first)));
    }
    int end = 2;
    while (end < first.length && first[end] != '\n') {
      end++;
    }
    String line = KernelText.decode(first, 2, end - 2);
    String interpreter = interpreter(line);
    if (line.endsWith("\r")) {
      return Optional.of(
          new Obstacle(
              Errno.ENOENT,
              "the first line of "
                  + path
                  + ", \"#!"
                  + line.substring(0, line.length() - 1)
                  + "\", ends in a carriage return, which the kernel takes for a part of the"
                  + " interpreter's name",
              "the file has line ends as Windows writes them; take them out: sed -i 's/\\r$//' "
                  + path));
    }
    if (interpreter.isEmpty()) {
      return Optional.of(
          new Obstacle(
              Errno.ENOEXEC,
              "the first line of " + path + " names no interpreter after #!",
              "begin it with #!/bin/sh"));
    }
    Lookup lookup = root.walk(interpreter);
    if (lookup instanceof Found there) {
      return examine(interpreter, there, depth + 1);
    }
    if (isUnknown(lookup)) {
      return Optional.empty();
    }
    return Optional.of(
        new Obstacle(
            missing(lookup),
            path + " is a script, and its interpreter " + interpreter + " is not in this root",
            "add the interpreter to the image, or run the script by one that is there"));
  }

  private static String interpreter(String line) {
    String stripped = line.strip();
    for (int i = 0; i < stripped.length(); i++) {
      if (stripped.charAt(i) == ' ' || stripped.charAt(i) == '\t') {
        return stripped.substring(0, i);
      }
    }
    return stripped;
  }

  private static Finding noFormat(String path, Found found, byte[] first) {
    boolean text = true;
    for (byte b : first) {
      text &= b >= ' ' || b == '\n' || b == '\t' || b == '\r' || b < 0;
    }
    return text
        ? new Finding(
            path + " is a text without #! in its first line, so the kernel knows no interpreter",
            "begin it with #!/bin/sh, or run it by its interpreter: sh " + path)
        : new Finding(
            describe(path, found) + " is neither an ELF program nor a script",
            "copy it again if it is damaged; file(1) says what it is");
  }

  private byte[] first(Fd file) {
    ByteBuffer buffer = ByteBuffer.allocate(FIRST_BYTES);
    int count = kernel.files().pread(file, buffer, 0);
    byte[] bytes = new byte[count];
    buffer.get(0, bytes);
    return bytes;
  }
}
