package dev.brig.cli.oci;

/// Which brig this is, and what it knows of the specification.
final class OciVersion {
  /// The version of the runtime specification that brig keeps to.
  static final String SPECIFICATION = "1.3.0";

  private OciVersion() {}

  /// Returns the version that the build wrote into the jar.
  static String number() {
    String version = OciVersion.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }

  /// Returns what callers of runc read.
  static String text() {
    return "brig-oci version " + number() + "\nspec: " + SPECIFICATION + "\n";
  }
}
