package dev.brig.cli.run;

import dev.brig.cli.value.Wrong;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// A file of lines that an option names.
final class TextFile {
  private TextFile() {}

  /// Returns the file's lines.
  ///
  /// @param option the option, for the complaint
  /// @param file the path
  /// @throws dev.brig.error.UsageException if it is not there or no text
  static List<String> lines(String option, String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (NoSuchFileException e) {
      throw Wrong.value(option, file, "there is no such file");
    } catch (MalformedInputException | InvalidPathException e) {
      throw Wrong.value(option, file, "not a text file in UTF-8");
    } catch (IOException e) {
      throw Wrong.value(option, file, "cannot be read: " + e.getMessage());
    }
  }
}
