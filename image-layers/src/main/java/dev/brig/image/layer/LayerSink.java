package dev.brig.image.layer;

/// What a layer is unpacked into. [LayerExtractor] decides what the entries mean; what it makes,
/// and where, is the sink's.
///
/// A directory is named by its [LayerNode], a file by its parent and its single name; no name is
/// ever a path, and no symbolic link is followed here.
interface LayerSink extends AutoCloseable {

  /// Makes a directory and those above it, where they are not present. They get their attributes at
  /// the end, by [#finish].
  void makePresent(LayerNode directory);

  /// Removes what the layer has under a node's name, with everything in it.
  void remove(LayerNode node);

  /// Makes a regular file from the archive's data.
  ///
  /// @param entry of a [TarContent.RegularFile]
  /// @param tar the reader, right after it returned the entry
  void makeFile(LayerNode parent, String name, TarEntry entry, TarReader tar);

  /// Makes a symbolic link.
  void makeSymlink(LayerNode parent, String name, String target, Attributes wanted);

  /// Makes a named pipe.
  void makeFifo(LayerNode parent, String name, Attributes wanted);

  /// Makes a device node, if the caller may.
  ///
  /// @return whether it was made
  boolean makeDevice(LayerNode parent, String name, TarContent.Device device, Attributes wanted);

  /// Makes the mark by which overlayfs hides a name of the layers below.
  void makeWhiteout(LayerNode parent, String name);

  /// Gives a file another name.
  ///
  /// @param target a file that is present
  void makeLink(LayerNode target, LayerNode parent, String name);

  /// Copies a file of a layer below, whatever it is but a directory, with everything that it has.
  ///
  /// @param node its place, whose directory is present
  void copyUp(LayerNode node, LayerFile file);

  /// Gives a directory that is present what it gets at the end, after everything in it has been
  /// made.
  ///
  /// @param opaque whether it hides what the layers below have in it
  void finish(LayerNode directory, Attributes wanted, Opaque opaque);

  @Override
  void close();

  /// Whether a directory hides what the layers below have in it.
  enum Opaque {
    /// It does.
    YES,
    /// What they have shows through.
    NO
  }
}
