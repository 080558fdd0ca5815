package dev.brig.image.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.image.tree.IdMap.Range;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdMapTest {
  private final IdMap container =
      new IdMap(List.of(new Range(0, 100_000, 1000), new Range(1000, 1000, 1)));

  @Test
  void anIdThatNoRangeHasStaysAsItIs() {
    assertThat(container.outside(5)).isEqualTo(100_005);
    assertThat(container.inside(1000)).isEqualTo(1000);
    assertThat(container.inside(7)).isEqualTo(7);
  }

  @Test
  void aNamespaceWithTheSameIdsOutsideSeesThemUnderItsOwnNumbers() {
    // 0 is the user, 1 and on the user's range.
    List<Range> own = List.of(new Range(0, 1000, 1), new Range(1, 100_000, 65_536));

    IdMap seen = container.seenThrough(own);

    assertThat(seen.inside(0)).isEqualTo(1000);
    assertThat(seen.inside(1)).isZero();
    assertThat(seen.inside(1000)).isEqualTo(999);
    assertThat(seen.outside(1000)).isZero();
  }

  @Test
  void aContainerWithTheOwnMapIsSeenAsItIs() {
    List<Range> own = List.of(new Range(0, 1000, 1), new Range(1, 100_000, 65_536));

    IdMap seen = new IdMap(own).seenThrough(own);

    for (long id : new long[] {0, 1, 33, 65_535}) {
      assertThat(seen.inside(id)).isEqualTo(id);
      assertThat(seen.outside(id)).isEqualTo(id);
    }
  }
}
