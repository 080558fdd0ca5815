package dev.brig.image.store;

import dev.brig.error.BrigException;
import dev.brig.error.UnsupportedException;
import dev.brig.image.erofs.ErofsWriter;
import dev.brig.image.layer.LayerForm;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import org.jspecify.annotations.Nullable;

/// Finds out whether this kernel mounts an EROFS image that lies in the store, by having it read
/// one: a kernel may be new enough and lack the file system, or the part of it that reads files.
final class ErofsProbe {
  private final StoreFiles files;
  private @Nullable LayerForm found;

  ErofsProbe(StoreFiles files) {
    this.files = files;
  }

  /// Returns the form in which layers are unpacked.
  ///
  /// @param choice what is wanted
  /// @throws UnsupportedException if images are wanted and the kernel mounts none
  synchronized LayerForm form(LayerChoice choice) {
    LayerForm known = found;
    if (known == null) {
      known = choice == LayerChoice.DIRECTORY ? LayerForm.DIRECTORY : probe(choice);
      found = known;
    }
    return known;
  }

  private LayerForm probe(LayerChoice choice) {
    Kernel kernel = files.kernel();
    try (Temporary image = files.temporaryFile()) {
      var _ = new ErofsWriter(kernel.files(), image.fd(), 1 << 20).finish();
      try (Fd context = kernel.mounts().fsopen("erofs")) {
        kernel.mounts().set(context, "source", files.path().resolve(image.name()).toString());
        kernel.mounts().create(context);
      }
      return LayerForm.EROFS;
    } catch (KernelException e) {
      if (choice == LayerChoice.EROFS) {
        throw unsupported(e);
      }
      // A directory serves as well: ignored.
      return LayerForm.DIRECTORY;
    }
  }

  private static UnsupportedException unsupported(BrigException e) {
    UnsupportedException failure =
        new UnsupportedException(
            "keep layers as EROFS images",
            "this kernel does not mount one from a file: " + e.failure().line(),
            "leave BRIG_LAYERS out, or set it to directory");
    failure.addSuppressed(e);
    return failure;
  }
}
