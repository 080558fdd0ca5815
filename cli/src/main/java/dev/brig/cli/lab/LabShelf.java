package dev.brig.cli.lab;

import dev.brig.error.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The labs that there are: brig's own, or those that a teacher wrote.
final class LabShelf {
  private static final int OWN = 14;
  private static final String SUFFIX = ".lab";

  private final List<Lab> labs;

  private LabShelf(List<Lab> labs) {
    this.labs = List.copyOf(labs);
  }

  /// Returns brig's own labs.
  static LabShelf own() {
    List<Lab> labs = new ArrayList<>();
    for (int i = 1; i <= OWN; i++) {
      String name = i + SUFFIX;
      try (InputStream in = LabShelf.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("brig was built without lab " + name);
        }
        labs.add(LabFile.parse(name, new String(in.readAllBytes(), StandardCharsets.UTF_8)));
      } catch (IOException e) {
        throw new UncheckedIOException(name, e);
      }
    }
    return new LabShelf(labs);
  }

  /// Returns the lab in a file, or those in a directory's files with names in `.lab`.
  ///
  /// @throws UsageException if there is none, or one is wrong
  static LabShelf in(String path) {
    List<Lab> labs = new ArrayList<>();
    try {
      for (Path file : files(Path.of(path))) {
        labs.add(LabFile.parse(file.toString(), Files.readString(file)));
      }
    } catch (IOException e) {
      String why = e instanceof NoSuchFileException ? "there is no such file" : "cannot be read";
      throw new UsageException("--file " + path, why, "");
    }
    if (labs.isEmpty()) {
      throw new UsageException(
          "--file " + path, "there is no lab in it", "the names of labs end in " + SUFFIX);
    }
    return new LabShelf(labs);
  }

  private static List<Path> files(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  /// Returns all of them.
  List<Lab> all() {
    return labs;
  }

  /// Finds one.
  ///
  /// @throws UsageException if there is none of this name
  Lab find(String id) {
    for (Lab lab : labs) {
      if (lab.id().equals(id)) {
        return lab;
      }
    }
    throw new UsageException("lab " + id, "there is no such lab", "brig lab list shows them");
  }
}
