package dev.brig.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is written is read back as it was: other tools' documents and random ones.
class SpecRoundTripTest {

  @ParameterizedTest
  @ValueSource(strings = {"runc-spec.json", "runc-spec-rootless.json", "every-property.json"})
  void readsAndWritesBackTheSameDocument(String fixture) {
    String text = fixture(fixture);

    JsonElement written = JsonParser.parseString(SpecWriter.write(SpecReader.read(text)));

    assertThat(Json.withoutEmpty(written))
        .isEqualTo(Json.withoutEmpty(JsonParser.parseString(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"runc-spec.json", "runc-spec-rootless.json", "every-property.json"})
  void findsTheDocumentsOfOthersValid(String fixture) {
    SpecValidator.validate(SpecReader.read(fixture(fixture)));
  }

  @Test
  void readsWhatItWroteAsAnEqualValue() {
    for (long seed = 0; seed < 2000; seed++) {
      Spec spec = RandomSpec.from(new Random(seed));

      String text = SpecWriter.write(spec);

      assertThat(SpecReader.read(text)).as("seed %s", seed).isEqualTo(spec);
      assertThat(SpecWriter.write(SpecReader.read(text))).as("seed %s", seed).isEqualTo(text);
    }
  }

  @Test
  void indentsByTwoSpacesInTheOrderOfTheSpecification() {
    Spec spec =
        Spec.builder("1.3.0", new Root("rootfs", /* readonly= */ true))
            .process(Process.builder().args(List.of("sh", "-c", "a<b")).build())
            .build();

    assertThat(SpecWriter.write(spec))
        .isEqualTo(
            """
            {
              "ociVersion": "1.3.0",
              "process": {
                "user": {
                  "uid": 0,
                  "gid": 0
                },
                "args": [
                  "sh",
                  "-c",
                  "a<b"
                ],
                "cwd": "/"
              },
              "root": {
                "path": "rootfs",
                "readonly": true
              }
            }
            """);
  }

  static String fixture(String name) {
    try (InputStream in =
        Objects.requireNonNull(SpecRoundTripTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
