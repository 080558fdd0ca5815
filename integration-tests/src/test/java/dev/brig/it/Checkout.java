package dev.brig.it;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The source tree that is being built and tested.
final class Checkout {
  /// The modules that hold code, in the order in which they may know each other.
  static final List<String> MODULES =
      List.of("namespaces", "cgroups", "image-layers", "runtime", "cli", "integration-tests");

  private Checkout() {}

  /// The topmost folder, the one that holds `brig` and `test`.
  static Path root() {
    String given = System.getProperty("brig.checkout");
    Path start = Path.of(given == null ? "" : given).toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve("integration-tests"))) {
        return folder;
      }
    }
    throw new IllegalStateException("no checkout of brig above " + start);
  }

  /// Every Java file of a module, sorted.
  static List<Path> javaFiles(String module) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        root().resolve(module).resolve("src"),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    Collections.sort(files);
    return files;
  }
}
