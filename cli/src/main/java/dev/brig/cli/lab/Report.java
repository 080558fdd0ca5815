package dev.brig.cli.lab;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.brig.cli.output.Json;
import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a student has done: a chain of entries, of which none can be changed, moved or left out
/// without those after it showing it.
///
/// It keeps nobody from running brig on a machine of their own, nor from changing brig; but a
/// report can't be edited by hand, and two that share a secret were made from one.
///
/// @param student who
/// @param kernel the kernel's release
/// @param entries what was done, in order
record Report(String student, String kernel, List<Entry> entries) {
  private static final String SCHEMA = "brig.lab/1";

  /// Copies the list.
  Report {
    entries = List.copyOf(entries);
  }

  /// Returns what the first entry is chained to.
  static String seed(String student, String kernel) {
    return LabFile.digest(SCHEMA + "\n" + student + "\n" + kernel);
  }

  /// Returns what the next entry is chained to.
  String head() {
    return entries.isEmpty() ? seed(student, kernel) : entries.getLast().hash();
  }

  /// Returns the report with one more entry.
  Report with(Entry entry) {
    List<Entry> more = new ArrayList<>(entries);
    more.add(entry);
    return new Report(student, kernel, more);
  }

  /// Returns what is wrong with it, or empty.
  Optional<String> flaw() {
    String previous = seed(student, kernel);
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      String which = "entry " + (i + 1) + " (lab " + entry.lab() + ")";
      if (!entry.previous().equals(previous)) {
        return Optional.of(which + " does not follow the one before it");
      }
      if (!entry.hash().equals(entry.seal())) {
        return Optional.of(which + " was changed");
      }
      if (!entry.isConsistent()) {
        return Optional.of(which + " has passed with a wrong answer");
      }
      previous = entry.hash();
    }
    return Optional.empty();
  }

  /// Returns the text of the report.
  String json() {
    Json json =
        new Json()
            .beginObject()
            .property("schema", SCHEMA)
            .property("student", student)
            .property("kernel", kernel)
            .name("entries")
            .beginArray();
    for (Entry entry : entries) {
      json.beginObject()
          .property("lab", entry.lab())
          .property("labDigest", entry.labDigest())
          .property("step", entry.step())
          .property("verdict", entry.verdict())
          .property("nonce", entry.nonce())
          .property("expected", entry.expected())
          .property("answer", entry.answer())
          .property("seen", entry.seen())
          .property("timeSeconds", entry.timeSeconds())
          .property("previous", entry.previous())
          .property("hash", entry.hash())
          .endObject();
    }
    return json.endArray().endObject().text();
  }

  /// Reads a report.
  ///
  /// @param name the file's name, for complaints
  /// @throws UsageException if it is none
  static Report parse(String name, String text) {
    try {
      JsonObject object = JsonParser.parseString(text).getAsJsonObject();
      if (!SCHEMA.equals(string(object, "schema"))) {
        throw new UsageException(name, "is no report of brig lab", "brig lab report writes one");
      }
      List<Entry> entries = new ArrayList<>();
      JsonArray array = object.getAsJsonArray("entries");
      for (JsonElement element : array) {
        entries.add(entry(element.getAsJsonObject()));
      }
      return new Report(string(object, "student"), string(object, "kernel"), entries);
    } catch (JsonParseException
        | IllegalStateException
        | NumberFormatException
        | NullPointerException
        | UnsupportedOperationException e) {
      throw new UsageException(name, "is no report of brig lab", "brig lab report writes one");
    }
  }

  private static Entry entry(JsonObject object) {
    return new Entry(
        string(object, "lab"),
        string(object, "labDigest"),
        object.get("step").getAsInt(),
        string(object, "verdict"),
        string(object, "nonce"),
        string(object, "expected"),
        string(object, "answer"),
        string(object, "seen"),
        object.get("timeSeconds").getAsLong(),
        string(object, "previous"),
        string(object, "hash"));
  }

  private static String string(JsonObject object, String name) {
    JsonElement element = object.get(name);
    if (element == null) {
      throw new JsonParseException("it has no " + name);
    }
    return element.getAsString();
  }
}
