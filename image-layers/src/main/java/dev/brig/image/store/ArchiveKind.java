package dev.brig.image.store;

import dev.brig.image.Digest;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;

/// What a tar holds, told by its first entries.
enum ArchiveKind {
  /// A root file system.
  ROOTFS,
  /// An OCI image layout or a docker-archive, or both in one.
  IMAGE;

  /// Looks at an archive until it is clear what it is: an image's documents lie at the top, beside
  /// nothing but files and directories that are named by digests.
  static ArchiveKind of(TarReader tar) {
    TarEntry entry = tar.next();
    while (entry != null) {
      String path = TarTree.normal(entry.name());
      if (path.equals("oci-layout") || path.equals(DockerArchiveSource.MANIFEST)) {
        return IMAGE;
      }
      if (!isNeutral(path, entry.content())) {
        return ROOTFS;
      }
      entry = tar.next();
    }
    return ROOTFS;
  }

  private static boolean isNeutral(String path, TarContent content) {
    int slash = path.indexOf('/');
    if (path.isEmpty() || (slash < 0 && !(content instanceof TarContent.Directory))) {
      return true;
    }
    String top = slash < 0 ? path : path.substring(0, slash);
    return top.equals("blobs") || (top.length() == 64 && Digest.isHex(top));
  }
}
