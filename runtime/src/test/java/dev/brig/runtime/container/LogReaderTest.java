package dev.brig.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.runtime.container.LogOptions.Follow;
import dev.brig.runtime.container.LogOptions.Moment;
import dev.brig.runtime.container.LogOptions.Timestamps;
import dev.brig.runtime.container.LogSink.Stream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
class LogReaderTest {
  @TempDir Path directory;

  private World world;
  private LogReader reader;
  private Container container;

  @BeforeEach
  void prepare() {
    world = new World(directory);
    world.sweep();
    reader = new LogReader(world.kernel, world.store);
    container = world.created("web", ContainerOption.DETACH);
  }

  /// Keeps what it gets, the streams' parts marked.
  private static final class Kept implements LogSink {
    private final StringBuilder text = new StringBuilder();
    private Stream last = Stream.OUTPUT;

    @Override
    public synchronized void write(Stream stream, byte[] bytes, int offset, int length) {
      if (stream != last) {
        text.append(stream == Stream.OUTPUT ? "«out»" : "«err»");
        last = stream;
      }
      text.append(new String(bytes, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void flush() {
      synchronized (this) {
        notifyAll();
      }
    }

    synchronized String text() {
      return text.toString();
    }

    synchronized void awaitText(String expected) throws InterruptedException {
      while (!text.toString().contains(expected)) {
        wait();
      }
    }
  }

  private static byte[] bytes(long seconds, int nanos, int stream, byte[] body) {
    return ByteBuffer.allocate(20 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(seconds)
        .putInt(nanos)
        .putShort((short) stream)
        .putShort((short) 0)
        .putInt(body.length)
        .put(body)
        .array();
  }

  private void append(long seconds, int stream, String body) throws IOException {
    append(bytes(seconds, 5, stream, body.getBytes(StandardCharsets.UTF_8)));
  }

  private void append(byte[] bytes) throws IOException {
    Files.write(
        container.paths().log(), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private String read(LogOptions options) {
    Kept kept = new Kept();
    reader.read(container, options, kept);
    return kept.text();
  }

  private static LogOptions tail(long lines) {
    return new LogOptions(lines, Moment.EPOCH, Timestamps.HIDDEN, Follow.NO);
  }

  @Test
  void keepsTheStreamsApart() throws IOException {
    append(1, 1, "a\nb");
    append(2, 2, "oops\n");
    append(3, 1, "c\n");

    assertThat(read(LogOptions.ALL)).isEqualTo("a\nb«err»oops\n«out»c\n");
  }

  @ParameterizedTest
  @CsvSource({
    "0, ''",
    "1, '|tail'",
    "2, 'd\n|tail'",
    "3, 'bc\n|d\n|tail'",
    "9, 'a\n|bc\n|d\n|tail'"
  })
  void showsTheLastLines(int lines, String expected) throws IOException {
    append(1, 1, "a\nb");
    append(2, 1, "c\nd\nta");
    append(3, 1, "il");

    assertThat(read(tail(lines))).isEqualTo(expected.replace("|", ""));
  }

  @Test
  void countsTheLinesOfBothStreamsByTheirBeginnings() throws IOException {
    append(1, 1, "first\nhalf");
    append(2, 2, "error\n");
    append(3, 1, "-line\nlast\n");

    assertThat(read(tail(3))).isEqualTo("half«err»error\n«out»-line\nlast\n");
    assertThat(read(tail(2))).isEqualTo("«err»error\n«out»last\n");
  }

  @Test
  void showsTheTimeOfEachLinesBeginning() throws IOException {
    append(1_700_000_000, 1, "a\nb");
    append(1_700_000_060, 1, "c\n");

    assertThat(read(new LogOptions(-1, Moment.EPOCH, Timestamps.SHOWN, Follow.NO)))
        .isEqualTo("2023-11-14T22:13:20.000000005Z a\n2023-11-14T22:13:20.000000005Z bc\n");
  }

  @Test
  void showsRoundTimesInFull() throws IOException {
    append(bytes(1_700_000_040, 0, 1, "x\n".getBytes(StandardCharsets.UTF_8)));
    append(bytes(0, 120_000_000, 1, "y\n".getBytes(StandardCharsets.UTF_8)));

    assertThat(read(new LogOptions(-1, Moment.EPOCH, Timestamps.SHOWN, Follow.NO)))
        .isEqualTo("2023-11-14T22:14:00.000000000Z x\n1970-01-01T00:00:00.120000000Z y\n");
  }

  @Test
  void showsWhatWasWrittenSince() throws IOException {
    append(10, 1, "old\nbegun ");
    append(20, 1, "earlier\nnew\n");

    assertThat(read(new LogOptions(-1, new Moment(20, 5), Timestamps.HIDDEN, Follow.NO)))
        .isEqualTo("new\n");
    assertThat(read(new LogOptions(-1, new Moment(20, 6), Timestamps.HIDDEN, Follow.NO))).isEmpty();
  }

  @Test
  void passesOverALastRecordThatIsTorn() throws IOException {
    append(1, 1, "whole\n");
    byte[] torn = bytes(2, 0, 1, "torn\n".getBytes(StandardCharsets.UTF_8));
    for (int length = 1; length < torn.length; length++) {
      Files.deleteIfExists(container.paths().log());
      append(1, 1, "whole\n");
      append(Arrays.copyOf(torn, length));

      assertThat(read(LogOptions.ALL)).as("%s bytes", length).isEqualTo("whole\n");
      assertThat(read(tail(1))).as("%s bytes", length).isEqualTo("whole\n");
    }
  }

  @Test
  void saysWhereTheLogIsDamaged() throws IOException {
    append(1, 1, "good\n");
    append(new byte[64]);
    Kept kept = new Kept();

    assertThatThrownBy(() -> reader.read(container, LogOptions.ALL, kept))
        .hasMessageContaining("damaged at byte 25");
    assertThat(kept.text()).isEqualTo("good\n");
  }

  @Test
  void readsRecordsOfAnySize() throws IOException {
    Random random = new Random(1);
    StringBuilder expected = new StringBuilder();
    for (int size : new int[] {0, 1, 19, 20, 21, 65516, 65517, 65535, 65536, 200_000, 3}) {
      StringBuilder body = new StringBuilder();
      while (body.length() < size) {
        body.append(random.nextInt(40) == 0 ? '\n' : (char) ('a' + random.nextInt(26)));
      }
      append(size, 1, body.toString());
      expected.append(body);
    }

    assertThat(read(LogOptions.ALL)).isEqualTo(expected.toString());
    assertThat(read(tail(1_000_000))).isEqualTo(expected.toString());
  }

  @Test
  void saysWhyThereIsNoLog() {
    Container foreground = world.created("fg");

    assertThatThrownBy(() -> reader.read(foreground, LogOptions.ALL, new Kept()))
        .hasMessage("logs fg: container fg has no log: it ran in the foreground");
    assertThatThrownBy(() -> reader.read(container, LogOptions.ALL, new Kept()))
        .hasMessage("logs web: container web was not started yet");
  }

  @Test
  void goesOnUntilTheContainerEnds() throws ExecutionException, IOException, InterruptedException {
    append(1, 1, "before\n");
    Kept kept = new Kept();
    try (FakeSupervisor _ = FakeSupervisor.run(world, "web", "sleep", "60")) {
      CompletableFuture<Void> following =
          CompletableFuture.runAsync(() ->
              reader.read(
                  container,
                  new LogOptions(-1, Moment.EPOCH, Timestamps.HIDDEN, Follow.YES),
                  kept));
      kept.awaitText("before\n");
      for (int i = 0; i < 50; i++) {
        append(2 + i, 1 + i % 2, "line " + i + "\n");
        kept.awaitText("line " + i + "\n");
      }
      byte[] slow = bytes(99, 0, 1, "slow\n".getBytes(StandardCharsets.UTF_8));
      append(Arrays.copyOf(slow, 9));
      append(Arrays.copyOfRange(slow, 9, slow.length));
      kept.awaitText("slow\n");
      assertThat(following).isNotDone();

      append(100, 1, "last words\n");
      new Lifecycle(world.kernel, world.store, world.cgroups).kill(world.store.find("web"), 9);

      following.get();
      assertThat(kept.text()).endsWith("last words\n");
    }
  }

  @Test
  void followsAnEndedContainerToTheEndOfItsLog() throws IOException {
    append(1, 1, "all\n");

    assertThat(read(new LogOptions(-1, Moment.EPOCH, Timestamps.HIDDEN, Follow.YES)))
        .isEqualTo("all\n");
  }

  @Test
  void tellsTheStreamsByTheirNumbers() throws IOException {
    append(1, 2, "e\n");

    assertThat(List.of(Stream.values())).containsExactly(Stream.OUTPUT, Stream.ERROR);
    assertThat(read(LogOptions.ALL)).isEqualTo("«err»e\n");
  }
}
