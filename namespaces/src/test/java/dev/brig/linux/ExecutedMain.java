package dev.brig.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// What [ExecutionTest] runs in a JVM of its own.
final class ExecutedMain {
  private ExecutedMain() {}

  public static void main(String[] arguments) {
    Kernel kernel = Kernel.ofThisMachine();
    if (arguments[0].equals("exec")) {
      executeShell(kernel);
    } else {
      useTerminal(kernel);
    }
  }

  private static void executeShell(Kernel kernel) {
    Fd program = kernel.processes().memfdCreate("program");
    try (Fd shell = kernel.files().openat(Fd.CWD, "/bin/sh", OpenFlag.O_RDONLY)) {
      kernel.files().writeAll(program, kernel.files().readAll(shell, 16 << 20));
    }
    kernel.processes().seal(program);
    kernel.files().closeOnExecFrom(3);
    kernel.processes().unblockSignals();
    List<String> argv =
        List.of(
            "sh", "-c", "echo \"$1 $X\"; grep SigBlk /proc/self/status; ls /proc/$$/fd", "sh", "ä");
    throw kernel.processes().execveat(program, argv, List.of("X=ö", "PATH=/usr/bin:/bin"));
  }

  private static void useTerminal(Kernel kernel) {
    TerminalCalls terminals = kernel.terminals();
    terminals.setWindowSize(Fd.STDIN, new WindowSize(31, 97));
    byte[] before = terminals.settings(Fd.STDIN).orElseThrow();
    terminals.setSettings(Fd.STDIN, Termios.raw(before));
    byte[] raw = terminals.settings(Fd.STDIN).orElseThrow();
    terminals.setSettings(Fd.STDIN, before);
    String line =
        terminals.windowSize(Fd.STDIN).orElseThrow()
            + " changed="
            + !Arrays.equals(before, raw)
            + " raw="
            + Arrays.equals(raw, Termios.raw(before))
            + " restored="
            + Arrays.equals(before, terminals.settings(Fd.STDIN).orElseThrow());
    kernel.files().writeAll(Fd.STDOUT, line.getBytes(StandardCharsets.UTF_8));
  }
}
