package dev.brig.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
  private static Platform parse(String text) {
    return Platform.parse("--platform", text);
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64,linux/amd64",
    "linux/arm/v7,linux/arm/v7",
    "arm64,linux/arm64",
    "Linux/x86_64,linux/amd64",
    "aarch64,linux/arm64",
    "armhf,linux/arm/v7",
    "linux/armel,linux/arm/v6",
    "linux/i386,linux/386",
  })
  void isReadInTheWordsThatPeopleUse(String text, String meant) {
    assertThat(parse(text)).hasToString(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "linux/", "/amd64", "linux/amd64/v1/x", " "})
  void whatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(UsageException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "linux/amd64,linux/amd64,0",
    "linux/amd64,linux/arm64,-1",
    "linux/amd64,windows/amd64,-1",
    "linux/arm64,linux/arm64/v8,0",
    "linux/arm/v7,linux/arm/v6,1",
    "linux/arm/v7,linux/arm,0",
    "linux/arm/v6,linux/arm/v7,-1",
    "linux/amd64/v3,linux/amd64/v2,1",
    "linux/amd64/v2,linux/amd64/v3,-1",
    "linux/amd64,linux/amd64/v3,2",
    "linux/arm64,linux/arm64/rubbish,-1",
  })
  void aMachineRunsItsOwnVariantBestAndLowerOnesToo(String machine, String image, int rank) {
    assertThat(parse(machine).rank(parse(image))).isEqualTo(rank);
  }

  @Test
  void anIndexGivesTheBestFitAndNamesWhatItHasIfThereIsNone() {
    List<Descriptor> all = new ArrayList<>();
    for (String each : List.of("linux/arm/v5", "linux/arm/v7", "linux/arm/v6", "linux/s390x")) {
      all.add(
          new Descriptor(
              MediaType.OCI_MANIFEST.text(),
              Digest.of(each.getBytes(UTF_8)),
              1,
              Map.of(),
              parse(each)));
    }
    Index index = new Index(all);

    assertThat(index.choose(parse("linux/arm/v7"), "index").platform()).hasToString("linux/arm/v7");
    assertThat(index.choose(parse("linux/arm/v6"), "index").platform()).hasToString("linux/arm/v6");
    assertThatThrownBy(() -> index.choose(parse("linux/amd64"), "index"))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("no image for linux/amd64");
  }
}
