package dev.brig.cli.guest;

import dev.brig.cli.command.Context;
import dev.brig.linux.Fd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// What was once found out by trying, and is true as long as what it was tried with is the same.
final class Verdicts {
  private static final int BYTES_MAX = 4096;

  private final Context context;
  private final Path file;

  /// Finds the verdict about a question.
  ///
  /// @param question a word; the name of a file below the cache
  Verdicts(Context context, String question) {
    this.context = context;
    this.file = context.paths().root().resolve("cache").resolve(question);
  }

  /// Returns the verdict, unless it is about something else.
  ///
  /// @param subject what it is about, a line
  Optional<String> find(String subject) {
    Optional<byte[]> bytes =
        context.kernel().files().readIfPresent(Fd.CWD, file.toString(), BYTES_MAX);
    if (bytes.isEmpty()) {
      return Optional.empty();
    }
    String text = new String(bytes.get(), StandardCharsets.UTF_8);
    int end = text.indexOf('\n');
    return end >= 0 && text.substring(0, end).equals(subject)
        ? Optional.of(text.substring(end + 1).strip())
        : Optional.empty();
  }

  /// Returns a word that changes when a program does.
  static String version(String program) {
    try {
      return program + "@" + Files.getLastModifiedTime(Path.of(program)).toMillis();
    } catch (IOException _) {
      // Gone meanwhile; ignored: whoever runs it says so.
      return program;
    }
  }

  /// Keeps a verdict.
  void keep(String subject, String verdict) {
    try {
      Files.createDirectories(file.resolveSibling("."));
      Path beside = Files.createTempFile(file.resolveSibling("."), ".verdict", "");
      Files.writeString(beside, subject + "\n" + verdict + "\n");
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException _) {
      // A full or read-only disk; ignored: it is tried again next time.
    }
  }
}
