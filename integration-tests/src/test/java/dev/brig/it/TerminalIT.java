package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `-t` on a real pseudo-terminal: `terminal.py` is the person and the terminal.
class TerminalIT {
  /// Says the terminal's size at first and after each change, then reads a line.
  private static final String SIZES =
      """
      import os, select, signal
      def show():
        size = os.get_terminal_size(0)
        os.write(1, b'size %d %d\\n' % (size.lines, size.columns))
      told, tell = os.pipe()
      os.set_blocking(tell, False)
      signal.set_wakeup_fd(tell)
      signal.signal(signal.SIGWINCH, lambda *_: None)
      show()
      ready = []
      while 0 not in ready:
        ready = select.select([0, told], [], [])[0]
        if told in ready:
          os.read(told, 99)
          show()
      print('line', input(), flush=True)
      """;

  /// Says which signal came, and ends after the third.
  private static final String SIGNALS =
      """
      import os, signal
      wanted = {signal.SIGINT, signal.SIGTSTP, signal.SIGQUIT}
      signal.pthread_sigmask(signal.SIG_BLOCK, wanted)
      print('ready', flush=True)
      for _ in range(3):
        os.write(1, b'signal %d\\n' % signal.sigwait(wanted))
      """;

  @TempDir static Path folder;

  private final Brig brig = Brig.in(folder.resolve("brig")).within(Duration.ofMinutes(3));

  @BeforeEach
  void needsRootAndPython() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "python3 is not installed");
  }

  private JsonObject played(List<List<Object>> steps, String... words)
      throws IOException, InterruptedException {
    return Person.plays(brig, steps, words);
  }

  private static int status(JsonObject told) {
    return told.get("status").getAsInt();
  }

  private static boolean raw(JsonObject told) {
    return told.getAsJsonArray("raw").get(0).getAsBoolean();
  }

  private static String out(JsonObject told) {
    return told.get("out").getAsString();
  }

  @Test
  void passesKeysAndSizesAndIsRawMeanwhile() throws IOException, InterruptedException {
    JsonObject told =
        played(
            List.of(
                List.of("expect", "size 33 99"),
                List.of("raw"),
                List.of("resize", 44, 111),
                List.of("expect", "size 44 111"),
                List.of("send", "typed\r"),
                List.of("expect", "line typed")),
            "run",
            "--rm",
            "-it",
            "host",
            "python3",
            "-c",
            SIZES);

    assertThat(status(told)).isZero();
    assertThat(raw(told)).isTrue();
  }

  @Test
  void letsControlKeysReachTheContainer() throws IOException, InterruptedException {
    JsonObject told =
        played(
            List.of(
                List.of("expect", "ready"),
                List.of("send", "\u0003"),
                List.of("expect", "signal 2"),
                List.of("send", "\u001a"),
                List.of("expect", "signal 20"),
                List.of("send", "\u001c"),
                List.of("expect", "signal 3")),
            "run",
            "--rm",
            "-it",
            "host",
            "python3",
            "-c",
            SIGNALS);

    assertThat(status(told)).isZero();
  }

  @Test
  void restoresTheTerminalWhenTheSupervisorIsKilled() throws IOException, InterruptedException {
    JsonObject told =
        played(
            List.of(List.of("expect", "up"), List.of("raw"), List.of("kill", "KILL")),
            "run",
            "--rm",
            "-it",
            "host",
            "sh",
            "-c",
            "echo up; exec sleep 1000");

    assertThat(status(told)).isEqualTo(128 + 9);
    assertThat(raw(told)).isTrue();
    assertThat(brig.run("ps", "-aq").out()).isEmpty();
  }

  @Test
  void restoresTheTerminalWhenTheCommandCanNotRun() throws IOException, InterruptedException {
    JsonObject told = played(List.of(), "run", "--rm", "-it", "host", "/no/such/command");

    assertThat(status(told)).isEqualTo(127);
    assertThat(out(told)).contains("/no/such/command", "ENOENT");
  }

  @Test
  void execHasATerminalToo() throws IOException, InterruptedException {
    var _ = brig.run("run", "-d", "--name", "base", "host", "sleep", "1000");
    try {
      JsonObject told =
          played(
              List.of(
                  List.of("expect", "size 33 99"),
                  List.of("raw"),
                  List.of("resize", 50, 60),
                  List.of("expect", "size 50 60"),
                  List.of("send", "typed\r"),
                  List.of("expect", "line typed")),
              "exec",
              "-it",
              "base",
              "python3",
              "-c",
              SIZES);

      assertThat(status(told)).isZero();
      assertThat(raw(told)).isTrue();
    } finally {
      var _ = brig.run("rm", "-f", "base");
    }
  }

  @Test
  void leavesTheTerminalAloneWithoutInteractive() throws IOException, InterruptedException {
    JsonObject told =
        played(
            List.of(
                List.of("expect", "ready"),
                List.of("raw"),
                List.of("send", "\u0003"),
                List.of("expect", "stopped")),
            "run",
            "--rm",
            "-t",
            "host",
            "sh",
            "-c",
            "trap 'echo stopped; exit 4' INT; test -t 0 && echo ready; while :; do sleep 0.1;"
                + " done");

    assertThat(status(told)).isEqualTo(4);
    assertThat(raw(told)).isFalse();
  }

  @Test
  void givesATerminalWhereTheCallerHasNone() throws IOException, InterruptedException {
    Brig.Ended ended =
        brig.run("run", "--rm", "-t", "host", "sh", "-c", "test -t 1 && seq 1 200000");

    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out().lines()).hasSize(200_000).last().isEqualTo("200000");
  }

  @Test
  void typesWhatAPipeBringsAndThenItsEnd() throws IOException, InterruptedException {
    Brig.Ended ended = brig.reading("one\ntwo\n").run("run", "--rm", "-it", "host", "wc", "-l");

    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).endsWith("2\r\n");
  }

  @Test
  void hangsUpWhenNobodyReadsItsOutput() throws IOException, InterruptedException {
    String line = Checkout.root().resolve("brig") + " run --rm -t host yes | head -n 1";
    ProcessBuilder shell = new ProcessBuilder("sh", "-c", line);
    shell.environment().put("BRIG_ROOT", folder.resolve("brig").toString());

    assertThat(Shell.ended(shell).out().strip()).isEqualTo("y");
  }
}
