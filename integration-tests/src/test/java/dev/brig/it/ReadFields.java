package dev.brig.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The properties of config.json that brig reads, found in the source of its readers: each label of
/// a `switch` over names, below the one that led there.
final class ReadFields {
  private static final String FOLDER = "runtime/src/main/java/dev/brig/runtime/spec";
  private static final List<String> READERS =
      List.of(
          "SpecReader",
          "ProcessReader",
          "LinuxReader",
          "ResourcesReader",
          "BlockIoReader",
          "SeccompReader");

  private static final Pattern METHOD =
      Pattern.compile("(?ms)^  (?:private )?static [^(\\n]*? (\\w+)\\(\\s*JsonIn in.*?^  }$");
  private static final Pattern LABELS = Pattern.compile("case (\"\\w+\"(?:, \"\\w+\")*) ->");
  private static final Pattern CALL =
      Pattern.compile("(?:(\\w+Reader)\\.)?\\b(\\w+)\\(in\\b(?!\\.)");

  private final Map<String, String> methods = new HashMap<>();

  private ReadFields() throws IOException {
    for (String reader : READERS) {
      Path file = Checkout.root().resolve(FOLDER).resolve(reader + ".java");
      Matcher matcher = METHOD.matcher(Files.readString(file));
      while (matcher.find()) {
        methods.put(reader + "." + matcher.group(1), matcher.group());
      }
    }
  }

  /// Returns the properties, `process.user.uid`; of hooks, `hooks.*.path` for all kinds.
  static Set<String> all() throws IOException {
    ReadFields fields = new ReadFields();
    Set<String> found = new TreeSet<>();
    fields.walk("SpecReader.spec", "", found);
    return found;
  }

  /// Returns a property as [#all()] names it.
  static String named(String field) {
    return field.replaceFirst("^hooks\\.\\w+\\.", "hooks.*.");
  }

  private void walk(String method, String path, Set<String> found) {
    String body = methods.get(method);
    if (body == null) {
      return;
    }
    String reader = method.substring(0, method.indexOf('.'));
    Matcher labels = LABELS.matcher(body);
    String latest = "";
    // The heading names the method itself.
    int from = body.indexOf('\n');
    while (labels.find()) {
      follow(body.substring(from, labels.start()), reader, path + latest, found);
      from = labels.end();
      for (String label : labels.group(1).split(", ", -1)) {
        latest = (path.isEmpty() ? "" : ".") + label.replace("\"", "");
        found.add(named(path + latest));
      }
    }
    follow(body.substring(from), reader, path + latest, found);
  }

  private void follow(String text, String reader, String path, Set<String> found) {
    Matcher calls = CALL.matcher(text);
    while (calls.find()) {
      String other = calls.group(1) == null ? reader : calls.group(1);
      walk(other + "." + calls.group(2), path, found);
    }
  }
}
