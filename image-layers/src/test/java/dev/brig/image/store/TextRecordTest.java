package dev.brig.image.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.image.ImageConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextRecordTest {
  @Test
  void valuesComeBackAsTheyWere() {
    List<String> values =
        List.of("", " ", "a b", "line\nline", "back\\slash", "\\n", "ü\uDCFF", "=", "\n\n");

    TextRecord read = TextRecord.parse(new TextRecord().addAll("k", values).bytes());

    assertThat(read.all("k")).isEqualTo(values);
    assertThat(read.all("other")).isEmpty();
    assertThat(read.first("other")).isEmpty();
  }

  @Test
  void anImageComesBackAsItWas() {
    ImageConfig config =
        new ImageConfig(
            "1:2",
            List.of("A=b\nc", ""),
            List.of("e"),
            List.of(),
            "/w",
            List.of("/v"),
            "SIGTERM",
            Map.of("k 1", "v\n1", "k=2", ""),
            List.of("80/tcp"),
            "{\"Test\":[]}",
            "amd64",
            "linux",
            new ImageConfig.Origin("me", "2026-01-01T00:00:00Z", "v2"));
    ResolvedImage image =
        new ResolvedImage("stamp 1", "ab", "sha256:cd", List.of("x", "y"), config);

    assertThat(ResolvedImage.parse(image.bytes(), "stamp 1")).isEqualTo(image);
    assertThat(ResolvedImage.parse(image.bytes(), "stamp 2")).isNull();
    assertThat(ResolvedImage.parse(new byte[] {1, 2, 3}, "stamp 1")).isNull();
  }
}
