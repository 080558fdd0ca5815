package dev.brig.runtime.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A shell that does what the supervising program does: it holds the lock that it has from the brig
/// that it was before, says who runs, waits, records the end and clears up.
final class FakeSupervisor implements AutoCloseable {
  private static final String SCRIPT =
      """
      lock=$1 dir=$2 run=$3 remove=$4; shift 4
      eval '"$@" '$lock'>&- &'
      init=$!
      cat /proc/$init/stat > "$run/pid"
      echo ready
      wait $init 2>/dev/null; status=$?
      # bash tells of a signal as 128 and its number
      if [ $status -gt 128 ]; then code=2; status=$((status - 128)); else code=1; fi
      echo "$code $status $(date +%s)" >> "$dir/exit"
      if [ "$remove" = yes ]; then
        rm -rf "$dir"
      fi
      rm "$run/pid" "$run/lock"; rmdir "$run"
      """;

  private final Process shell;

  private FakeSupervisor(Process shell) {
    this.shell = shell;
  }

  /// Starts a container that was created with this command as its first process, and waits until it
  /// runs and, if it is a script that says so, has set its traps.
  static FakeSupervisor run(World world, String name, String... init) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(world.directory().toString(), name, SCRIPT));
    arguments.addAll(List.of(init));
    Process shell = TestProcess.start(StarterMain.class, arguments.toArray(String[]::new));
    BufferedReader output =
        new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
    int lines = init[init.length - 1].contains("echo trapped") ? 2 : 1;
    for (int i = 0; i < lines; i++) {
      String line = output.readLine();
      if (!"ready".equals(line) && !"trapped".equals(line)) {
        throw new IOException("the supervisor did not start: " + line);
      }
    }
    return new FakeSupervisor(shell);
  }

  /// Kills the supervisor, and leaves the container alone.
  void kill() throws InterruptedException {
    shell.destroyForcibly();
    var _ = shell.waitFor();
  }

  @Override
  public void close() {
    shell.descendants().forEach(ProcessHandle::destroyForcibly);
    shell.destroyForcibly();
  }
}
