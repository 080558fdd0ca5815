package dev.brig.cli.compare.result;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.cli.compare.result.Comparison.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;

class StagesTest {
  @Test
  void placesEachCallWhereItWasUpToTheLastOfTheCommandsProcess() {
    List<Stage> stages =
        Stages.of(
            "container",
            List.of(
                "   1       44 us  supervisor umask(000) = 022",
                "  12      100 us  supervisor clone3({flags=CLONE_NEWNS}, 88) = 0",
                "words of the command",
                "  81      250 us  container  close(<hostfd>) = 0",
                "  13       10 us  supervisor write(<hostfd>, \"g\", 1) = 1",
                "  82       30 us  container  rt_sigprocmask(SIG_SETMASK, [], NULL, 8) = 0",
                "  21    10697 us  supervisor read(<hostfd>, <message>, 8) = 0"));

    assertThat(stages)
        .containsExactly(
            new Stage("container", "supervisor", "umask(000) = 022", 0, 44),
            new Stage("container", "supervisor", "clone3({flags=CLONE_NEWNS}, 88) = 0", 44, 144),
            new Stage("container", "container", "close(<hostfd>) = 0", 144, 250),
            new Stage("container", "supervisor", "write(<hostfd>, \"g\", 1) = 1", 144, 154),
            new Stage(
                "container",
                "container",
                "rt_sigprocmask(SIG_SETMASK, [], NULL, 8) = 0",
                250,
                280));
    assertThat(Stages.endMicros(stages)).isEqualTo(280);
  }

  @Test
  void findsNothingInOtherWords() {
    assertThat(Stages.of("x", List.of("", " us  ", "a b us  c d", "1 2 us  supervisor"))).isEmpty();
    assertThat(Stages.of("x", List.of("1 2 us  supervisor umask(000) = 022"))).isEmpty();
  }
}
