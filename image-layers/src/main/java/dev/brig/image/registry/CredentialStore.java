package dev.brig.image.registry;

import java.util.List;

/// All credentials that the user has, in files and with helpers.
final class CredentialStore {
  private final RegistryFiles files;

  CredentialStore(RegistryFiles files) {
    this.files = files;
  }

  /// Returns the first credentials that there are for a repository.
  ///
  /// @param host the registry
  /// @param repository the path on it, or empty
  Credentials find(String host, String repository) {
    for (var path : files.authFiles()) {
      AuthFile file = AuthFile.read(path);
      String helper = file.helper(host);
      Credentials found =
          helper.isEmpty() ? file.find(host, repository) : new CredentialHelper(helper).get(host);
      if (!(found instanceof Credentials.Anonymous)) {
        return found;
      }
    }
    return new Credentials.Anonymous();
  }

  /// Records credentials, with the helper that the file names or in the file.
  ///
  /// @return where
  String store(String key, Credentials.Password password) {
    AuthFile file = AuthFile.read(files.writtenAuthFile());
    String helper = file.helper(key);
    if (!helper.isEmpty()) {
      new CredentialHelper(helper).store(key, password);
      return "docker-credential-" + helper;
    }
    file.put(key, password);
    file.write();
    return file.path().toString();
  }

  /// Forgets credentials where a login records them.
  ///
  /// @return whether there were any
  boolean erase(String key) {
    AuthFile file = AuthFile.read(files.writtenAuthFile());
    String helper = file.helper(key);
    if (!helper.isEmpty()) {
      CredentialHelper keeper = new CredentialHelper(helper);
      boolean known = !(keeper.get(key) instanceof Credentials.Anonymous);
      keeper.erase(key);
      return known;
    }
    boolean found = file.remove(key);
    if (found) {
      file.write();
    }
    return found;
  }

  /// Forgets all credentials of the file in which a login records them.
  void eraseAll() {
    AuthFile file = AuthFile.read(files.writtenAuthFile());
    file.removeAll();
    file.write();
  }

  /// Returns where credentials are looked for.
  List<String> places() {
    return files.authFiles().stream().map(Object::toString).toList();
  }
}
