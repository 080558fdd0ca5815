package dev.brig.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.cli.lab.Expectation.Observation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectationTest {
  private static final Observation SEEN = new Observation(3, "first line\nPERCENT=20.5\nkey 42\n");

  @ParameterizedTest
  @CsvSource({
    "status 3,true",
    "status 0,false",
    "has first line,true",
    "has $NONCE,true",
    "has second,false",
    "lacks second,true",
    "lacks $NONCE,false",
    "matches ^key [0-9]+$,true",
    "matches ^line,false",
    "between 20 21 PERCENT,true",
    "between 0 20 PERCENT,false",
    "between 0 100 MISSING,false"
  })
  void holdsIfItIsSeen(String text, boolean holds) {
    assertThat(Expectation.parse(text).holds(SEEN, "42")).isEqualTo(holds);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "has", "status three", "matches (", "between 1 2", "sees it"})
  void refusesWhatSaysNothing(String text) {
    assertThatThrownBy(() -> Expectation.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
