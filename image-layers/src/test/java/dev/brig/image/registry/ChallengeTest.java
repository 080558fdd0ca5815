package dev.brig.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChallengeTest {
  private static List<Challenge> parse(String... headers) {
    return Challenge.parse(List.of(headers));
  }

  @Test
  void readsWhatDockerHubSends() {
    assertThat(
            parse(
                "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                    + "scope=\"repository:library/debian:pull,push\""))
        .containsExactly(
            new Challenge(
                "bearer",
                Map.of(
                    "realm",
                    "https://auth.docker.io/token",
                    "service",
                    "registry.docker.io",
                    "scope",
                    "repository:library/debian:pull,push")));
  }

  @Test
  void tellsCommasBetweenSchemesFromThoseBetweenParameters() {
    assertThat(parse("Negotiate, Basic realm=\"a, \\\"b\\\"\", BEARER Realm=x , service = y"))
        .containsExactly(
            new Challenge("negotiate", Map.of()),
            new Challenge("basic", Map.of("realm", "a, \"b\"")),
            new Challenge("bearer", Map.of("realm", "x", "service", "y")));
  }

  @Test
  void readsSeveralHeaders() {
    assertThat(parse("Basic realm=a", "Bearer realm=b"))
        .extracting(Challenge::scheme)
        .containsExactly("basic", "bearer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ",,,", "=x", "\"", "realm=\"x", "Bearer realm=\"x", "Bearer ="})
  void survivesWhatIsMalformed(String header) {
    assertThat(parse(header)).hasSizeLessThan(2);
  }
}
