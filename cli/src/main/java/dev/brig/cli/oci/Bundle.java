package dev.brig.cli.oci;

import dev.brig.cli.bundle.PasswdFile;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.OpenHow;
import dev.brig.linux.OpenResult;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Root;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecException;
import dev.brig.runtime.spec.SpecReader;
import dev.brig.runtime.spec.SpecValidator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An OCI bundle: a directory with a config.json, read once.
///
/// @param directory its absolute path
/// @param config the text of its configuration
/// @param spec the configuration, all paths absolute
record Bundle(Path directory, String config, Spec spec) {
  private static final int CONFIG_LENGTH_MAX = 64 << 20;
  private static final int PASSWD_LENGTH_MAX = 4 << 20;

  /// Reads a bundle.
  ///
  /// @throws dev.brig.error.BrigException if it is none, naming what is wrong in it
  static Bundle read(Kernel kernel, Path directory) {
    byte[] bytes =
        kernel
            .files()
            .readIfPresent(Fd.CWD, directory.resolve("config.json").toString(), CONFIG_LENGTH_MAX)
            .orElseThrow(() ->
                new BundleException(
                    "JSON specification file config.json not found in " + directory,
                    "brig-oci spec makes one"));
    String config = new String(bytes, StandardCharsets.UTF_8);
    Spec spec = SpecReader.read(config);
    SpecValidator.validate(spec);
    if (spec.process() == null) {
      throw new SpecException("/process", "there is none", "say what runs");
    }
    Path root = directory.resolve(spec.root().path()).normalize();
    if (!kernel.attributes().exists(root.toString())) {
      throw new SpecException("/root/path", "stat " + root + ": no such file or directory", "");
    }
    Spec absolute =
        spec.toBuilder()
            .root(new Root(root.toString(), spec.root().readonly()))
            .mounts(mounts(directory, spec.mounts()))
            .build();
    return new Bundle(directory, config, withHome(kernel, absolute));
  }

  /// Returns the same with another configuration; its text stays as it was read.
  Bundle with(Spec other) {
    return new Bundle(directory, config, other);
  }

  private static List<Mount> mounts(Path directory, List<Mount> mounts) {
    List<Mount> absolute = new ArrayList<>();
    for (Mount mount : mounts) {
      String target = mount.destination();
      absolute.add(
          new Mount(
              Path.of("/" + target).normalize().toString(),
              mount.type(),
              isBind(mount) ? directory.resolve(mount.source()).toString() : mount.source(),
              mount.options(),
              mount.uidMappings(),
              mount.gidMappings()));
    }
    return absolute;
  }

  private static boolean isBind(Mount mount) {
    return mount.type().equals("bind")
        || mount.options().contains("bind")
        || mount.options().contains("rbind");
  }

  private static Spec withHome(Kernel kernel, Spec spec) {
    Process process = spec.process();
    if (process == null) {
      return spec;
    }
    List<String> variables =
        withHome(process.env(), passwd(kernel, spec.root().path()), process.user().uid());
    return spec.toBuilder().process(process.toBuilder().env(variables).build()).build();
  }

  /// Returns an environment with the user's home directory, as /etc/passwd of the root has it, if
  /// it names none; and with the last of variables of the same name only.
  static List<String> withHome(List<String> given, String passwd, long uid) {
    List<String> variables = new ArrayList<>();
    for (String variable : given) {
      int equals = variable.indexOf('=');
      String name = equals < 0 ? variable : variable.substring(0, equals);
      variables.removeIf(other -> other.startsWith(name + "="));
      variables.add(variable);
    }
    variables.removeIf(variable -> variable.equals("HOME="));
    for (String variable : variables) {
      if (variable.startsWith("HOME=")) {
        return variables;
      }
    }
    String home = PasswdFile.parse(passwd).find(uid).map(PasswdFile.Entry::home).orElse("");
    variables.add("HOME=" + (home.isEmpty() ? "/" : home));
    return variables;
  }

  /// Returns /etc/passwd of a root, whose links lead nowhere else; or nothing. Only a file is
  /// opened: a device or a pipe that an image put in its place could do anything.
  static String passwd(Kernel kernel, String root) {
    Optional<Fd> opened =
        kernel.files().openIfPresent(Fd.CWD, root, OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
    if (opened.isEmpty()) {
      return "";
    }
    try (Fd directory = opened.get()) {
      OpenHow how = OpenHow.inRoot(OpenFlag.O_PATH);
      OpenResult result = kernel.files().tryOpenat2(directory, "etc/passwd", how);
      if (!(result instanceof OpenResult.Opened(Fd file))) {
        return "";
      }
      try (file) {
        return kernel.attributes().stat(file).type() == FileType.REGULAR ? read(kernel, file) : "";
      }
    }
  }

  private static String read(Kernel kernel, Fd named) {
    String path = "/proc/self/fd/" + named.number();
    return kernel
        .files()
        .readIfPresent(Fd.CWD, path, PASSWD_LENGTH_MAX)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .orElse("");
  }
}
