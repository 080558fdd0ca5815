package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Runs `brig compare`, with a state of its own.
///
/// @param brig what compares
/// @param folder where the results go
record CompareLab(Brig brig, Path folder) {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /// Returns one, or skips the test of who is not root.
  static CompareLab in(Path folder) {
    assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: not root");
    return new CompareLab(Brig.in(folder.resolve("state")).within(LIMIT), folder);
  }

  CompareLab under(String... words) {
    return new CompareLab(brig.under(words), folder);
  }

  /// Compares, and returns the directory of the results.
  ///
  /// @param name of the directory
  Path compared(String name, String... arguments) throws IOException, InterruptedException {
    Path directory = folder.resolve(name);
    List<String> words = new ArrayList<>(List.of("compare", "-o", directory.toString()));
    words.addAll(List.of(arguments));
    Brig.Ended ended = brig.run(words.toArray(new String[0]));
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).isEqualTo(Files.readString(directory.resolve("table.txt")));
    return directory;
  }

  /// Returns what a comparison has found.
  static JsonObject result(Path directory) throws IOException {
    return JsonParser.parseString(Files.readString(directory.resolve("result.json")))
        .getAsJsonObject();
  }

  /// Returns the one element of an array whose members have these values.
  static JsonObject find(JsonArray array, String... members) {
    List<JsonObject> found = new ArrayList<>();
    for (JsonElement element : array) {
      JsonObject object = element.getAsJsonObject();
      boolean matches = true;
      for (int i = 0; i < members.length; i += 2) {
        matches &= object.get(members[i]).getAsString().equals(members[i + 1]);
      }
      if (matches) {
        found.add(object);
      }
    }
    assertThat(found).as(String.join(" ", members)).hasSize(1);
    return found.getFirst();
  }
}
