package dev.brig.cli.oci;

import dev.brig.cli.bundle.PasswdFile;
import dev.brig.linux.Kernel;

/// The names of this machine's users.
final class Owners {
  private final PasswdFile users;

  Owners(Kernel kernel) {
    users = PasswdFile.parse(Bundle.passwd(kernel, "/"));
  }

  /// Returns a user's name, or `#` and the number of one without a name.
  String name(long uid) {
    return users.find(uid).map(PasswdFile.Entry::name).orElse("#" + uid);
  }
}
