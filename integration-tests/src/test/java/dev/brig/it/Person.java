package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Somebody at a terminal; `terminal.py` plays both.
final class Person {
  private static final Path SCRIPT =
      Checkout.root().resolve("integration-tests/src/test/resources/dev/brig/it/terminal.py");

  private Person() {}

  /// Has a person run brig, and returns what came of it, as the script tells it.
  ///
  /// @param steps what the person does, as the script takes it
  /// @param words the command line
  static JsonObject plays(Brig brig, List<List<Object>> steps, String... words)
      throws IOException, InterruptedException {
    Brig.Ended ended =
        brig.under("python3", SCRIPT.toString(), new Gson().toJson(steps)).run(words);
    assertThat(ended.status()).as(ended.err()).isZero();
    JsonObject told = JsonParser.parseString(ended.out()).getAsJsonObject();
    assertThat(told.get("restored").getAsBoolean()).as("the settings are restored").isTrue();
    return told;
  }
}
