package dev.brig.runtime.spec;

import java.util.List;

/// One mount of the container (`mounts[]`), made in the order listed.
///
/// @param destination the absolute path inside the container
/// @param type the file system's type, or empty for a bind mount
/// @param source the device, or for a bind mount the path on the host: absolute, or relative to the
///   bundle; empty if the type needs none
/// @param options mount options in the words of mount(8)
/// @param uidMappings the user ids of an id-mapped mount, or empty
/// @param gidMappings the group ids of an id-mapped mount, or empty
public record Mount(
    String destination,
    String type,
    String source,
    List<String> options,
    List<LinuxIdMapping> uidMappings,
    List<LinuxIdMapping> gidMappings) {
  /// Copies the lists.
  public Mount {
    options = List.copyOf(options);
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
  }

  /// Tells whether it shows a file or directory of the host: by its type, or by its options, beside
  /// which the type is "a dummy"; config.md#mounts.
  public boolean isBind() {
    return type.equals("bind") || options.contains("bind") || options.contains("rbind");
  }

  /// Makes a mount whose ids are not mapped.
  ///
  /// @param destination the absolute path inside the container
  /// @param type the file system's type, or empty
  /// @param source the device or the path, or empty
  /// @param options mount options
  public Mount(String destination, String type, String source, List<String> options) {
    this(destination, type, source, options, List.of(), List.of());
  }
}
