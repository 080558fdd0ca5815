package dev.brig.cli.files;

import dev.brig.cli.output.Json;
import dev.brig.error.UsageException;
import dev.brig.runtime.json.JsonException;
import dev.brig.runtime.json.JsonIn;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;

/// What a container's stream begins with: enough to tell whether it can be received.
///
/// ```
///   brig-container.json    this
///   container.json  config.json  snapshots.json  files/NAME
///   layers/NUMBER/…        the layers' trees, with overlayfs's marks
/// ```
///
/// @param architecture the machine's, as Linux names it
/// @param root the directory of the sender's state
/// @param bytes how much room the layers take
/// @param layers the layers' paths at the sender, in the order of their numbers
record StreamHead(String architecture, String root, long bytes, List<String> layers) {
  static final String NAME = "brig-container.json";

  private static final long VERSION = 1;

  StreamHead {
    layers = List.copyOf(layers);
  }

  String text() {
    return new Json()
        .beginObject()
        .property("version", VERSION)
        .property("architecture", architecture)
        .property("root", root)
        .property("bytes", bytes)
        .property("layers", layers)
        .endObject()
        .text();
  }

  static StreamHead read(String text) {
    String architecture = "";
    String root = "";
    long version = 0;
    long bytes = 0;
    List<String> layers = new ArrayList<>();
    try {
      JsonIn in = new JsonIn(new StringReader(text));
      in.beginObject();
      while (in.nextName()) {
        switch (in.name()) {
          case "version" -> version = in.int64();
          case "architecture" -> architecture = in.string();
          case "root" -> root = in.string();
          case "bytes" -> bytes = in.int64();
          case "layers" -> layers = in.strings();
          default -> in.skip();
        }
      }
      in.end();
    } catch (JsonException e) {
      throw new UsageException("stream", e.failure().line(), "make it anew: brig send");
    }
    if (version != VERSION || root.isEmpty() || layers.isEmpty()) {
      throw new UsageException(
          "stream", "of version " + version + ", which this brig does not read", "");
    }
    return new StreamHead(architecture, root, bytes, layers);
  }
}
