package dev.brig.image.store;

import dev.brig.image.Image;
import dev.brig.image.ImageConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An image with everything that running it takes, as it is kept in a file for the next time.
///
/// @param stamp what identifies the state of the store or source for which this holds
/// @param id the digest of the image's configuration, in hexadecimal
/// @param manifest the digest of the image's manifest
/// @param layerPaths the layers below the store's directory, in the forms in which they were found,
///   the topmost first
/// @param config how to run it
record ResolvedImage(
    String stamp, String id, String manifest, List<String> layerPaths, ImageConfig config) {
  static final int SIZE_MAX_BYTES = 8 << 20;

  private static final String VERSION = "3";

  /// Returns the file's contents.
  byte[] bytes() {
    TextRecord record =
        new TextRecord()
            .add("brig-image", VERSION)
            .add("stamp", stamp)
            .add("id", id)
            .add("manifest", manifest)
            .addAll("layer", layerPaths)
            .add("user", config.user())
            .addAll("env", config.env())
            .addAll("entrypoint", config.entrypoint())
            .addAll("cmd", config.cmd())
            .add("cwd", config.workingDir())
            .addAll("volume", config.volumes())
            .add("stop", config.stopSignal())
            .addAll("port", config.exposedPorts())
            .add("health", config.healthcheck())
            .add("arch", config.architecture())
            .add("os", config.os())
            .add("author", config.origin().author())
            .add("created", config.origin().created())
            .add("variant", config.origin().variant());
    for (Map.Entry<String, String> label : config.labels().entrySet()) {
      record.add("label", label.getKey()).add("value", label.getValue());
    }
    return record.bytes();
  }

  /// Reads what is kept of an image for the present state, or returns null if nothing is.
  ///
  /// @param name the file
  /// @param stamp the present state
  static @Nullable ResolvedImage cached(StoreFiles store, String name, String stamp) {
    byte[] bytes = store.read(name, SIZE_MAX_BYTES);
    return bytes == null ? null : parse(bytes, stamp);
  }

  /// Returns the same image for another state of the store or source.
  ResolvedImage stamped(String state) {
    return new ResolvedImage(state, id, manifest, layerPaths, config);
  }

  /// Reads a file's contents, or returns null if they are of another version or for another state.
  ///
  /// @param bytes the file
  /// @param stamp the present state
  static @Nullable ResolvedImage parse(byte[] bytes, String stamp) {
    TextRecord record = TextRecord.parse(bytes);
    if (!record.first("brig-image").equals(VERSION) || !record.first("stamp").equals(stamp)) {
      return null;
    }
    List<String> names = record.all("label");
    List<String> values = record.all("value");
    Map<String, String> labels = new LinkedHashMap<>();
    for (int i = 0; i < names.size() && i < values.size(); i++) {
      labels.put(names.get(i), values.get(i));
    }
    ImageConfig config =
        new ImageConfig(
            record.first("user"),
            record.all("env"),
            record.all("entrypoint"),
            record.all("cmd"),
            record.first("cwd"),
            record.all("volume"),
            record.first("stop"),
            labels,
            record.all("port"),
            record.first("health"),
            record.first("arch"),
            record.first("os"),
            new ImageConfig.Origin(
                record.first("author"), record.first("created"), record.first("variant")));
    return new ResolvedImage(
        stamp, record.first("id"), record.first("manifest"), record.all("layer"), config);
  }

  /// Returns the image for whoever runs it.
  ///
  /// @param name how the user calls it
  /// @param store the store's directory
  Image image(String name, Path store) {
    List<Path> layers = new ArrayList<>(layerPaths.size());
    for (String path : layerPaths) {
      layers.add(store.resolve(path));
    }
    return new Image(name, id, layers, config);
  }
}
