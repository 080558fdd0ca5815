package dev.brig.runtime.compile;

import java.util.List;

/// What brig can apply of a config.json, out of the tables that it applies it by; features.md.
public final class BundleFeatures {
  private BundleFeatures() {}

  /// Returns the names of the mount options that are brig's to apply, sorted.
  public static List<String> mountOptions() {
    return MountOptions.names();
  }
}
