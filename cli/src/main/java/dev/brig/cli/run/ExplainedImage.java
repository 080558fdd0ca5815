package dev.brig.cli.run;

import dev.brig.cli.command.Context;
import dev.brig.image.Image;
import dev.brig.image.store.ImageStore;
import dev.brig.image.store.LayerChoice;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.DirectTreeRemover;
import dev.brig.runtime.container.ImageOrigin;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An image to look at. An archive that the store does not have is unpacked into a directory that
/// goes away again, so that the store stays as it is; the layers are told as they would lie there.
final class ExplainedImage implements AutoCloseable {
  private static final String NONE = "";

  private final Context context;
  private final ImageStore images;
  private final Image image;
  private final String scratch;

  private ExplainedImage(Context context, ImageStore images, Image image, String scratch) {
    this.context = context;
    this.images = images;
    this.image = image;
    this.scratch = scratch;
  }

  /// Finds an image; see [ImageStore#resolve].
  ///
  /// @param layers the form in which a container would have the layers
  static ExplainedImage of(Context context, String reference, LayerChoice layers) {
    ImageStore store = context.images(context.imagesDirectory(), layers);
    try {
      if (!store.wouldImport(reference)) {
        return new ExplainedImage(context, store, store.resolve(reference), NONE);
      }
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
    store.close();
    return unpacked(context, reference, layers);
  }

  private static ExplainedImage unpacked(Context context, String reference, LayerChoice layers) {
    Path scratch;
    try {
      scratch = Files.createTempDirectory("brig-explain");
    } catch (IOException e) {
      throw new UncheckedIOException("make a directory to unpack " + reference + " into", e);
    }
    ImageStore store = context.images(scratch, layers);
    try {
      Image image = store.resolve(reference);
      return new ExplainedImage(context, store, image, scratch.toString());
    } catch (RuntimeException e) {
      store.close();
      new DirectTreeRemover(context.kernel()).remove(scratch);
      throw e;
    }
  }

  /// Returns the image, whose layers can be read until this is closed.
  Image image() {
    return image;
  }

  /// Returns a record whose layers are where a container would have them.
  ContainerRecord placed(ContainerRecord record) {
    if (scratch.equals(NONE)) {
      return record;
    }
    List<Path> layers = new ArrayList<>();
    for (Path layer : record.image().layers()) {
      layers.add(context.imagesDirectory().resolve(Path.of(scratch).relativize(layer)));
    }
    ImageOrigin origin = record.image();
    return record.toBuilder()
        .image(new ImageOrigin(origin.reference(), origin.id(), layers))
        .build();
  }

  @Override
  public void close() {
    images.close();
    if (!scratch.equals(NONE)) {
      new DirectTreeRemover(context.kernel()).remove(Path.of(scratch));
    }
  }
}
