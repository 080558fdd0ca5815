package dev.brig.cli.lab;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.brig.cli.command.Context;
import dev.brig.cli.output.Json;
import dev.brig.error.UsageException;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// What is kept of a student between commands, in a file below brig's root: the lab that is open,
/// who does it, and the reports.
final class Desk {
  private static final int FILE_BYTES_MAX = 16 << 20;
  private static final int NONCE_BYTES = 6;
  private static final int PRIVATE = 0600;

  private final Context context;

  Desk(Context context) {
    this.context = context;
  }

  /// What is open.
  ///
  /// @param lab the lab's name
  /// @param step the step's number, from 0
  /// @param nonce the secret
  /// @param proved whether the step has been checked
  record Place(String lab, int step, String nonce, Proof proved) {}

  /// Whether a step has been checked.
  enum Proof {
    /// Not yet.
    OPEN,
    /// It has.
    DONE
  }

  private Path file(String name) {
    return context.paths().root().resolve("lab").resolve(name);
  }

  /// Returns a secret that nobody can guess.
  static String nonce() {
    byte[] bytes = new byte[NONCE_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /// Returns what is open.
  ///
  /// @throws UsageException if nothing is
  Place place() {
    Optional<String> text = read("place.json");
    if (text.isEmpty()) {
      throw new UsageException("lab", "no lab was started", "brig lab start 1");
    }
    try {
      JsonObject object = JsonParser.parseString(text.get()).getAsJsonObject();
      return new Place(
          object.get("lab").getAsString(),
          object.get("step").getAsInt(),
          object.get("nonce").getAsString(),
          object.get("done").getAsBoolean() ? Proof.DONE : Proof.OPEN);
    } catch (JsonParseException | IllegalStateException | NullPointerException e) {
      throw new UsageException(
          file("place.json").toString(), "is damaged: " + e.getMessage(), "brig lab start LAB");
    }
  }

  /// Opens a place.
  void keep(Place place) {
    write(
        "place.json",
        new Json()
            .beginObject()
            .property("lab", place.lab())
            .property("step", place.step())
            .property("nonce", place.nonce())
            .flag("done", place.proved() == Proof.DONE)
            .endObject()
            .text());
  }

  /// Closes what is open.
  void clear() {
    var _ = context.kernel().tree().unlinkIfPresent(Fd.CWD, file("place.json").toString());
  }

  /// Returns whose work this is: who was named last, else the user.
  String student() {
    String user = context.environment().getOrDefault("SUDO_USER", "");
    String name = user.isEmpty() ? context.environment().getOrDefault("USER", "root") : user;
    return read("student").orElse(name);
  }

  /// Has the work from now on be of this student.
  void keepStudent(String student) {
    write("student", student);
  }

  /// Returns the report of a student so far.
  Report report(String student) {
    String name = reportName(student);
    Optional<String> text = read(name);
    return text.isPresent() ? Report.parse(file(name).toString(), text.get()) : fresh(student);
  }

  // A student's name need not be a file's.
  private static String reportName(String student) {
    return LabFile.digest(student) + ".json";
  }

  /// Returns a report without entries.
  Report fresh(String student) {
    String release =
        context
            .kernel()
            .files()
            .readIfPresent(Fd.CWD, "/proc/sys/kernel/osrelease", FILE_BYTES_MAX)
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8).strip())
            .orElse("");
    return new Report(student, release, List.of());
  }

  /// Keeps the report.
  void keep(Report report) {
    write(reportName(report.student()), report.json());
  }

  private Optional<String> read(String name) {
    return context
        .kernel()
        .files()
        .readIfPresent(Fd.CWD, file(name).toString(), FILE_BYTES_MAX)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  /// Writes beside, and puts it in its place in one step.
  private void write(String name, String text) {
    Path path = file(name);
    for (Path directory : new Path[] {context.paths().root(), file("").normalize()}) {
      var _ = context.kernel().tree().mkdirIfAbsent(Fd.CWD, directory.toString(), 0700);
    }
    String beside = path + ".new";
    OpenFlag[] flags = {OpenFlag.O_WRONLY, OpenFlag.O_CREAT, OpenFlag.O_TRUNC};
    try (Fd fd = context.kernel().files().openat(Fd.CWD, beside, PRIVATE, flags)) {
      context.kernel().files().writeAll(fd, text.getBytes(StandardCharsets.UTF_8));
      context.kernel().files().fsync(fd);
    }
    context.kernel().tree().rename(Fd.CWD, beside, Fd.CWD, path.toString());
  }
}
