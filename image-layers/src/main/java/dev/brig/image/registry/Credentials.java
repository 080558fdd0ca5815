package dev.brig.image.registry;

/// What a user identifies himself by to a registry.
public sealed interface Credentials {

  /// Nothing: what everybody may have.
  record Anonymous() implements Credentials {}

  /// A name and a password, or a token in the place of one.
  ///
  /// @param user the name
  /// @param password the password; never printed
  record Password(String user, String password) implements Credentials {
    @Override
    public String toString() {
      return "Password[" + user + "]";
    }
  }

  /// A token that stands for the user at the registry's authorization service.
  ///
  /// @param token the token; never printed
  record Identity(String token) implements Credentials {
    @Override
    public String toString() {
      return "Identity[]";
    }
  }
}
