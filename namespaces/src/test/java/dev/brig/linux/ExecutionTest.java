package dev.brig.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExecutionTest {

  private static List<String> main(String argument) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        System.getProperty("java.class.path"),
        ExecutedMain.class.getName(),
        argument);
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  @Test
  void becomesAProgramInMemoryWithNothingOfTheJvmLeft() throws IOException, InterruptedException {
    String output = run(main("exec"));

    assertThat(output.lines().toList())
        .containsExactly("ä ö", "SigBlk:\t0000000000000000", "0", "1", "2");
  }

  @Test
  void makesATerminalRawAndBack() throws IOException, InterruptedException {
    Path script = Path.of("/usr/bin/script");
    assumeTrue(Files.isExecutable(script), "script(1) is not on this machine");
    String command = "'" + String.join("' '", main("terminal")) + "'";

    String output = run(List.of(script.toString(), "-qefc", command, "/dev/null"));

    assertThat(output)
        .contains("WindowSize[rows=31, columns=97] changed=true raw=true restored=true");
  }

  @Test
  void knowsWhatIsNoTerminal() {
    Kernel kernel = Kernel.ofThisMachine();
    try (Fd nothing = kernel.files().openat(Fd.CWD, "/dev/null", OpenFlag.O_RDWR)) {
      assertThat(kernel.terminals().isTerminal(nothing)).isFalse();
      assertThat(kernel.terminals().windowSize(nothing)).isEmpty();
    }
  }
}
