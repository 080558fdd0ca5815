package dev.brig.image.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpanderTest {
  private static final Variables VARIABLES =
      Variables.none()
          .with("V", "value")
          .with("E", "")
          .with("P", "a/b/c.tar.gz")
          .with("W", "two words")
          .with("N", "V");

  private static Expander expander() {
    return new Expander(new Place("f", 1), VARIABLES, '\\');
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "  =>  ",
      quoteCharacter = '\0',
      value = {
        "$V  =>  value",
        "${V}  =>  value",
        "x$V-y  =>  xvalue-y",
        "$Vx.  =>  .",
        "\\$V  =>  $V",
        "'$V'  =>  $V",
        "\"$V\"  =>  value",
        "\"a 'b' $V\"  =>  a 'b' value",
        "\"\\$V \\x \\\"\"  =>  $V \\x \"",
        "a\\ b  =>  a b",
        "$  =>  $",
        "$.  =>  $.",
        "${U:-w}  =>  w",
        "${E:-w}  =>  w",
        "${E-w}x  =>  x",
        "${U-w}  =>  w",
        "${V:-w}  =>  value",
        "${V:+w}  =>  w",
        "x${E:+w}  =>  x",
        "${E+w}  =>  w",
        "${U:-$V}  =>  value",
        "${U:-${V}}  =>  value",
        "${U:-\"}\"}  =>  }",
        "${U:-}x  =>  x",
        "${V:?gone}  =>  value",
        "${P#*/}  =>  b/c.tar.gz",
        "${P##*/}  =>  c.tar.gz",
        "${P%.*}  =>  a/b/c.tar",
        "${P%%.*}  =>  a/b/c",
        "${P/b/x}  =>  a/x/c.tar.gz",
        "${P//./_}  =>  a/b/c_tar_gz",
        "${P//a*c/x}  =>  x.tar.gz",
        "${V/val}  =>  ue",
        "$W  =>  two words",
      })
  void replacesVariables(String word, String expected) {
    assertThat(expander().word(word)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"${", "${}", "${V", "${V:", "${V:x}", "${V-", "'x", "\"x", "${V//x"})
  void refusesWhatCannotBeRead(String word) {
    assertThatThrownBy(() -> expander().word(word)).hasMessageStartingWith("f:1");
  }

  @Test
  void saysWhatIsMissing() {
    assertThatThrownBy(() -> expander().word("${U:?say which}")).hasMessageContaining("say which");
  }

  @Test
  void splitsOnlyValuesThatAreNotQuoted() {
    assertThat(expander().words("$W")).containsExactly("two", "words");
    assertThat(expander().words("\"$W\"")).containsExactly("two words");
    assertThat(expander().words("$E")).isEmpty();
  }

  @Test
  void knowsNoQuotesInADocument() {
    assertThat(expander().document("it's \"$V\" \\$V\n")).isEqualTo("it's \"value\" $V\n");
  }
}
