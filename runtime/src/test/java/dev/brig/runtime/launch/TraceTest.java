package dev.brig.runtime.launch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

final class TraceTest {
  private final ByteBuffer records = ByteBuffer.allocate(240).order(ByteOrder.LITTLE_ENDIAN);

  private TraceTest record(int call, long result, long nanos) {
    records.putInt(call).putInt(0).putLong(result).putLong(nanos);
    return this;
  }

  @Test
  void timesEachCallFromTheCallBeforeOfTheSameProcess() {
    record(0, 0, 1_000).record(1, 3, 6_000).record(2, -1, 9_000).record(1, 4, 10_000);
    byte[] written = new byte[records.position()];
    records.flip().get(written);

    assertThat(Trace.lines("brig\tgetpid()\ncontainer\tmount()\n", written))
        .containsExactly(
            "   1        5 us  brig       getpid() = 3",
            "   2        8 us  container  mount() = -1 EPERM",
            "   1        4 us  brig       getpid() = 4");
  }

  @Test
  void leavesOutARecordThatWasCutOff() {
    record(0, 0, 0).record(1, 3, 1_000);
    byte[] written = new byte[40];
    records.flip().get(written);

    assertThat(Trace.lines("brig\tgetpid()\n", written)).isEmpty();
  }
}
