package dev.brig.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
  @ParameterizedTest
  @CsvSource({
    "debian, debian, latest",
    "debian:12, debian, 12",
    "team/app:v1.0-RC_2, team/app, v1.0-RC_2",
    "registry.example:5000/app, registry.example:5000/app, latest",
    "Registry.Example:5000/app:1, Registry.Example:5000/app, 1",
    "a.b_c__d---e/f:1, a.b_c__d---e/f, 1",
    "localhost/x, localhost/x, latest",
  })
  void readsNameAndTag(String text, String name, String tag) {
    ImageReference reference = ImageReference.parse(text);

    assertThat(reference.name()).isEqualTo(name);
    assertThat(reference.tag()).isEqualTo(tag);
    assertThat(reference.digest()).isNull();
  }

  @Test
  void readsADigest() {
    String digest = "sha256:" + "0".repeat(64);

    ImageReference reference = ImageReference.parse("app@" + digest);

    assertThat(reference.digest()).hasToString(digest);
    assertThat(reference).hasToString("app:latest@" + digest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "a:",
        ":b",
        "A",
        "a//b",
        "/a",
        "a/",
        "-a",
        "a-",
        "a..b",
        "a___b",
        "a b",
        "a:b c",
        "a:-b",
        "ä",
        "a@sha256:abc",
        "a@",
        "host:port/a",
        "host:/a",
        "a/B",
        "../a",
        "a\n"
      })
  void refusesWhatIsNoReference(String text) {
    assertThatThrownBy(() -> ImageReference.parse(text))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("image \"" + text + "\"");
  }

  @Test
  void refusesNamesAndTagsThatAreTooLong() {
    assertThat(ImageReference.parse("a".repeat(255) + ":" + "b".repeat(128)).tag()).hasSize(128);
    assertThatThrownBy(() -> ImageReference.parse("a".repeat(256)))
        .isInstanceOf(UsageException.class);
    assertThatThrownBy(() -> ImageReference.parse("a:" + "b".repeat(129)))
        .isInstanceOf(UsageException.class);
  }
}
