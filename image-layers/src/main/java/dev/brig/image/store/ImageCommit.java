package dev.brig.image.store;

import dev.brig.image.layer.Compression;
import dev.brig.image.layer.TarWriter;
import java.io.IOException;
import java.util.List;

/// An image that is to be made of another one and a layer.
///
/// @param base the id of the image below, or empty for none
/// @param stacking how the new layer relates to those of the image below
/// @param contents writes the layer
/// @param edits changes of the configuration
/// @param history what is said about the layer
/// @param name what to call the image, or empty
/// @param compression how the layer is compressed
public record ImageCommit(
    String base,
    Stacking stacking,
    Contents contents,
    List<ConfigEdit> edits,
    History history,
    String name,
    Compression compression) {
  /// Copies the list.
  public ImageCommit {
    edits = List.copyOf(edits);
  }

  /// How the new layer relates to those of the image below.
  public enum Stacking {
    /// It comes on top.
    ON_TOP,
    /// It takes their place: it has everything.
    ALONE
  }

  /// Writes a layer.
  @FunctionalInterface
  public interface Contents {
    /// Writes the layer's entries, without the end of the archive.
    ///
    /// @param tar the archive
    /// @throws IOException if the archive cannot be written
    void write(TarWriter tar) throws IOException;
  }

  /// What is said about a layer.
  ///
  /// @param createdSeconds when, in seconds since 1970
  /// @param createdBy the command
  /// @param author who, or empty
  /// @param comment why, or empty
  public record History(long createdSeconds, String createdBy, String author, String comment) {}
}
