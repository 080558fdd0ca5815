package dev.brig.image.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IgnoreFileTest {
  @ParameterizedTest
  @CsvSource({
    "*.md, README.md, true",
    "*.md, docs/README.md, false",
    "**/*.md, docs/a/README.md, true",
    "**/*.md, README.md, true",
    "docs, docs/a/README.md, true",
    "/docs, docs/a, true",
    "docs/, docs/a, true",
    "./docs/../x, x, true",
    "d?cs, docs, true",
    "d?cs, d/cs, false",
    "[a-d]x, bx, true",
    "[^a-d]x, bx, false",
    "a/**, a/b/c, true",
    "a/**, a, false",
    "a/**/z, a/z, true",
    "a/**/z, a/b/c/z, true",
    "**, anything/at/all, true",
    "*, anything/at/all, true",
    "\\*, x, false",
    "\\*, *, true",
    "*|!keep, keep, false",
    "*|!keep, keep/x, false",
    "*|!keep|keep/x, keep/x, true",
    "!x|x, x, true",
    "# x, x, false",
    "x*y, xaby, true",
    "x*y, xa/by, false",
  })
  void leavesOut(String patterns, String path, boolean excluded) {
    IgnoreFile file = IgnoreFile.parse(".dockerignore", patterns.replace('|', '\n'));

    assertThat(file.excludes(path)).isEqualTo(excluded);
  }

  @Test
  void saysWhichLineIsWrong() {
    assertThatThrownBy(() -> IgnoreFile.parse(".dockerignore", "a\n\nb[\n"))
        .hasMessageContaining(".dockerignore:3")
        .hasMessageContaining("without its ]");
  }

  @Test
  void isQuickWithManyStars() {
    IgnoreFile file = IgnoreFile.parse("i", "a*a*a*a*a*a*a*b\n");

    assertThat(file.excludes("a".repeat(60))).isFalse();
  }
}
