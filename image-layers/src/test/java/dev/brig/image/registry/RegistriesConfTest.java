package dev.brig.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import dev.brig.image.registry.RegistriesConf.Mirror;
import dev.brig.image.registry.RegistriesConf.Source;
import dev.brig.image.registry.RegistriesConf.Use;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistriesConfTest {
  private static final String CONF =
      """
      # a comment
      unqualified-search-registries = [
        "one.example", # the first
        'two.example',
      ]
      short-name-mode = "enforcing"

      [[registry]]
      prefix = "example.com/foo"
      location = "inner.example/bar"
      insecure = true
        [[registry.mirror]]
        location = "mirror.example/foo"
        insecure = true
        [[registry.mirror]]
        location = "digests.example/foo"
        pull-from-mirror = "digest-only"

      [[registry]]
      location = "example.com"
      blocked = true

      [[registry]]
      prefix = "*.wild.example"
      insecure = true

      [aliases]
      "app" = "quay.io/team/app"
      gone = "quay.io/team/gone"
      """;

  private static RegistriesConf read(String... texts) {
    return RegistriesConf.read(
        List.of(texts).stream().map(text -> new Source("test.conf", text)).toList());
  }

  @Test
  void readsTheManualsExample() {
    RegistriesConf conf = read(CONF);

    assertThat(conf.searched()).containsExactly("one.example", "two.example");
    assertThat(conf.mode()).isEqualTo(RegistriesConf.ShortNames.ENFORCING);
    assertThat(conf.aliases()).containsEntry("app", "quay.io/team/app");
    assertThat(conf.tableFor("example.com/foo/app:1").mirrors())
        .containsExactly(
            new Mirror("mirror.example/foo", /* insecure= */ true, Use.ALL),
            new Mirror("digests.example/foo", /* insecure= */ false, Use.DIGEST_ONLY));
  }

  @ParameterizedTest
  @CsvSource({
    "example.com/foo/app:1,example.com/foo",
    "example.com/foo:1,example.com/foo",
    "example.com/foobar:1,example.com",
    "example.com:5000/foo:1,''",
    "a.wild.example/x:1,*.wild.example",
    "a.b.wild.example/x:1,*.wild.example",
    "wild.example/x:1,''",
    "other.example/example.com/foo,''"
  })
  void takesTheTableWithTheLongestPrefix(String name, String prefix) {
    assertThat(read(CONF).tableFor(name).prefix()).isEqualTo(prefix);
  }

  @Test
  void movesNamesToTheirLocations() {
    assertThat(RegistriesConf.moved("example.com/foo", "inner.example/bar", "example.com/foo/app"))
        .isEqualTo("inner.example/bar/app");
    assertThat(RegistriesConf.moved("*.example.com", "", "a.example.com/app"))
        .isEqualTo("a.example.com/app");
  }

  @Test
  void laterFilesGoOverEarlierOnes() {
    RegistriesConf conf =
        read(
            CONF,
            "unqualified-search-registries=[]\n[aliases]\ngone=\"\"\napp=\"other.example/app\"\n");

    assertThat(conf.searched()).isEmpty();
    assertThat(conf.aliases()).containsOnlyKeys("app").containsValue("other.example/app");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "x = ",
        "x = \"a",
        "x = \"\"\"a\"\"\"",
        "x = [1, ",
        "x = 1.5",
        "x = {a = 1}",
        "x = 1 y = 2",
        "x = 1\nx = 2",
        "[x",
        "[[x]",
        "x = 1\n[x]",
        "unqualified-search-registries = \"a\"",
        "short-name-mode = \"what\"",
        "[[registry]]\ninsecure = true",
        "[[registry]]\nlocation = 5",
        "[registries.search]\nregistries = []"
      })
  void refusesWhatIsNotOfTheFormAndNamesTheFile(String text) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("test.conf");
  }
}
