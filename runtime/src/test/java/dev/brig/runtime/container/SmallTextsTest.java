package dev.brig.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.linux.Kernel;
import dev.brig.runtime.json.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The small texts that brig and its programs leave for each other.
class SmallTextsTest {

  @ParameterizedTest
  @CsvSource({
    "'', 1, false, -1",
    "'started 1700000000\n', 1700000000, false, -1",
    "'started 1700000000\n1 7 1700000009\n', 1700000000, true, 7",
    "'started 1700000000\n2 9 1700000009\n', 1700000000, true, 137",
    "'started 1700000000\n3 11 1700000009\n', 1700000000, true, 139",
    "'started 1700000000\n0 0 1700000009\n', 1700000000, true, 255",
    "'1 0 1700000009\n', 1, true, 0",
    "'started 1700000000\n1 7 17000', 1700000000, false, -1",
    "'started 1700000000\n1 7\n', 1700000000, false, -1",
    "'started 1700000000\n1 7 8 9\n', 1700000000, false, -1",
    "'started 1700000000\n-1 7 8\n', 1700000000, false, -1",
    "'started x\n', 1, false, -1",
  })
  void readsALife(String text, long started, boolean ended, int exitCode) {
    Life life = Life.parse(text);

    assertThat(life.wasStarted()).isTrue();
    assertThat(life.startedSeconds()).isEqualTo(started);
    assertThat(life.isOpen()).isNotEqualTo(ended);
    ExitRecord exit = life.exit();
    assertThat(exit == null ? -1 : exit.exitCode()).isEqualTo(exitCode);
  }

  @Test
  void readsTheLifeThatItWrites() {
    ExitRecord exit = new ExitRecord(ExitRecord.Cause.DUMPED, 6, 1_700_000_009);

    assertThat(Life.parse(Life.started(1_700_000_000) + Life.ended(exit)))
        .isEqualTo(new Life(1_700_000_000, exit));
  }

  @Test
  void findsTheProcessesInTheKernelsText() throws IOException {
    long self = ProcessHandle.current().pid();
    RunningProcesses processes =
        RunningProcesses.parse(Files.readString(Path.of("/proc/self/stat")));

    assertThat(processes.initPid()).isEqualTo((int) self);
    assertThat(processes.supervisorPid())
        .isEqualTo((int) ProcessHandle.current().parent().orElseThrow().pid());
    assertThat(processes.initStartTime()).isPositive();
  }

  @Test
  void isNotMisledByACommandsName() {
    String stat =
        "17 (a) b (c 1 2) S 5 17 17 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 777 100 1 2 3\n";

    assertThat(RunningProcesses.parse(stat)).isEqualTo(new RunningProcesses(5, 17, 777));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "17",
        "17 (sh",
        "17 (sh) S 5 17",
        "x (sh) S 5 17 17 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 7 1"
      })
  void namesNoProcessWhenTheTextIsTorn(String stat) {
    assertThat(RunningProcesses.parse(stat)).isEqualTo(RunningProcesses.NONE);
  }

  @Test
  void makesIdentifiersThatDiffer() {
    Set<ContainerId> ids = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      ids.add(ContainerId.random(Kernel.ofThisMachine()));
    }

    assertThat(ids).hasSize(100).allMatch(id -> ContainerId.isId(id.text()));
    assertThat(ids.iterator().next().shortText()).hasSize(12);
  }

  @Test
  void refusesWhatIsNoIdentifier() {
    for (String text : new String[] {"", "ab", "G".repeat(64), "A".repeat(64), "a".repeat(65)}) {
      assertThatThrownBy(() -> new ContainerId(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"id\": \"short\", \"name\": \"a\", \"created\": 1}",
        "{\"id\": 5}",
        "[]",
        "{\"stopSignal\": 0}",
        "{\"image\": {}}",
        "{\"limits\": [{}]}"
      })
  void refusesADamagedRecord(String text) {
    assertThatThrownBy(() -> ContainerRecordJson.read(text)).isInstanceOf(JsonException.class);
  }

  @Test
  void passesOverReasonsThatAreDamaged() {
    assertThat(Reason.parse("OOM a b\nNONSENSE x\n\nLOST\nFAILED y\n"))
        .containsExactly(new Reason(Reason.Kind.OOM, "a b"), new Reason(Reason.Kind.FAILED, "y"));
  }
}
