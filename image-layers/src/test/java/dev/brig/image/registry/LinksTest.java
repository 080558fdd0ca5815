package dev.brig.image.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinksTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "</v2/a/tags/list?last=b&n=2>; rel=\"next\"|/v2/a/tags/list?last=b&n=2",
        "</x>; rel=next|/x",
        "<https://r.example/a>;title=\"t\"; rel=\"next\"|https://r.example/a",
        "</p>; rel=\"prev\", </n>; rel=\"next\"|/n",
        "</p>; rel=\"prev\"|``",
        "</broken|``",
        "nothing|``"
      })
  void findsTheNextPage(String header, String target) {
    assertThat(Links.next(List.of(header))).isEqualTo(target);
  }
}
