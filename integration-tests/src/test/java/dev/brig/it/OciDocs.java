package dev.brig.it;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/// The indented blocks of docs/oci.md, for tests that do what they say.
final class OciDocs {
  private OciDocs() {}

  /// Returns all blocks in order, without their indentation.
  static List<String> blocks() throws IOException {
    List<String> blocks = new ArrayList<>();
    StringBuilder block = new StringBuilder();
    for (String line : Files.readAllLines(Checkout.root().resolve("docs/oci.md"))) {
      if (line.startsWith("    ")) {
        block.append(line.substring(4)).append('\n');
      } else if (!block.isEmpty()) {
        blocks.add(block.toString());
        block.setLength(0);
      }
    }
    return blocks;
  }

  /// Returns the block that begins so.
  static String block(String start) throws IOException {
    for (String block : blocks()) {
      if (block.startsWith(start)) {
        return block;
      }
    }
    throw new AssertionError("docs/oci.md has no block that begins with " + start);
  }
}
