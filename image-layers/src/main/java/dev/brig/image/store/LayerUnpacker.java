package dev.brig.image.store;

import dev.brig.image.ImageException;
import dev.brig.image.erofs.ErofsWriter;
import dev.brig.image.layer.LayerExtractor;
import dev.brig.image.layer.LayerForm;
import dev.brig.image.layer.LayerInput;
import dev.brig.image.layer.LayerSummary;
import dev.brig.image.layer.Limits;
import dev.brig.image.layer.LowerLayers;
import dev.brig.image.layer.Ownership;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;

/// Unpacks one layer into a temporary directory, in one of the forms.
final class LayerUnpacker {
  /// What is remembered of an image besides what is of every layer.
  static final String IMAGE_DIGEST = "image-digest";

  static final String FORM = "form";

  private final StoreFiles files;
  private final Ownership ownership;
  private final Limits limits;

  LayerUnpacker(StoreFiles files, Ownership ownership, Limits limits) {
    this.files = files;
    this.ownership = ownership;
    this.limits = limits;
  }

  /// Unpacks a layer.
  ///
  /// @param form the form
  /// @param input the layer
  /// @param lower the layers below
  /// @param target an empty directory
  /// @param what what to call the layer in messages
  /// @param record takes what is remembered of the form
  LayerSummary unpack(
      LayerForm form,
      LayerInput input,
      LowerLayers lower,
      Temporary target,
      String what,
      TextRecord record) {
    record.add(FORM, form == LayerForm.EROFS ? "erofs" : "directory");
    LayerExtractor extractor = new LayerExtractor(files.kernel(), lower, ownership, limits);
    return switch (form) {
      case DIRECTORY -> toDirectory(extractor, input, target, what);
      case EROFS -> toImage(extractor, input, target, what, record);
    };
  }

  private LayerSummary toDirectory(
      LayerExtractor extractor, LayerInput input, Temporary target, String what) {
    Kernel kernel = files.kernel();
    String name = LayerForm.DIRECTORY.fileName();
    kernel.tree().mkdirat(target.fd(), name, 0700);
    OpenFlag[] flags = {OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY, OpenFlag.O_NOFOLLOW};
    try (Fd root = kernel.files().openat(target.fd(), name, flags)) {
      return extractor.extract(input.tar(), root, what);
    }
  }

  private LayerSummary toImage(
      LayerExtractor extractor,
      LayerInput input,
      Temporary target,
      String what,
      TextRecord record) {
    Kernel kernel = files.kernel();
    String name = LayerForm.EROFS.fileName();
    LayerSummary summary;
    OpenFlag[] flags = {OpenFlag.O_RDWR, OpenFlag.O_CREAT, OpenFlag.O_EXCL};
    try (Fd fd = kernel.files().openat(target.fd(), name, 0600, flags)) {
      ErofsWriter writer = new ErofsWriter(kernel.files(), fd, sizeMaxBytes());
      summary = extractor.extract(input.tar(), writer, what);
      try {
        ErofsWriter.Written written = writer.finish();
        record.add(IMAGE_DIGEST, written.digest().toString());
        record.add("image-size", Long.toString(written.sizeBytes()));
      } catch (ImageException e) {
        throw e.in(what);
      }
    }
    record.add("verity", protect(target, name));
    return summary;
  }

  // A file's last block is filled up, and tiny files may have a block each.
  private long sizeMaxBytes() {
    long most = Long.MAX_VALUE / 8;
    return 4 * Math.min(limits.bytesMax(), most) + (1L << 30);
  }

  // Where the file system can, it verifies each block itself whenever it is read.
  private String protect(Temporary target, String name) {
    Kernel kernel = files.kernel();
    try (Fd fd = kernel.files().openat(target.fd(), name, OpenFlag.O_RDONLY)) {
      int error = kernel.files().tryEnableVerity(fd);
      return error == 0 ? "yes" : "no (" + Errno.of(error).name() + ")";
    }
  }
}
