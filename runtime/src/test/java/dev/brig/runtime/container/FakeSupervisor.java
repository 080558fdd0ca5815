package dev.brig.runtime.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A shell that does what the supervising program does: it holds the lock, says who runs, waits,
/// records the end and clears up.
final class FakeSupervisor implements AutoCloseable {
  private static final String SCRIPT =
      """
      dir=$1 run=$2 remove=$3; shift 3
      exec 9<>"$run/lock"; flock 9
      "$@" 9>&- &
      init=$!
      cat /proc/$init/stat > "$run/pid"
      echo ready
      wait $init; status=$?
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

  /// Starts a container of the store whose first process is this command.
  static FakeSupervisor run(LockedContainer container, String... init) throws IOException {
    List<String> command = new ArrayList<>(List.of("bash", "-c", SCRIPT, "supervisor"));
    boolean remove = container.record().has(ContainerOption.RM);
    command.add(container.paths().directory().toString());
    command.add(container.paths().run().toString());
    command.add(remove ? "yes" : "no");
    command.addAll(List.of(init));
    container.start();
    container.abandon();
    Process shell =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
    if (!"ready".equals(output.readLine())) {
      throw new IOException("the supervisor did not start");
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
