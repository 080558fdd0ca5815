package dev.brig.cli.oci;

import dev.brig.error.Failure;
import dev.brig.runtime.compile.HookCalls;
import dev.brig.runtime.launch.FailedStep.StepException;
import dev.brig.runtime.spec.Hook;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Runs the hooks that come after a container is started or deleted, when there is no program of
/// the container's that could; config.md#posix-platform-hooks.
final class HookRunner {
  private final HookCalls calls;

  HookRunner(HookCalls calls) {
    this.calls = calls;
  }

  /// Runs hooks one after the other.
  ///
  /// @param kind the property of config.json
  /// @param hooks the hooks
  /// @param status the container's
  /// @param pid the number of the container's process, or 0
  /// @throws StepException for the first that fails
  void run(String kind, List<Hook> hooks, String status, int pid) {
    for (Hook hook : hooks) {
      run(kind, hook, HookStates.text(calls, status, pid));
    }
  }

  private static void run(String kind, Hook hook, String state) {
    String step = "run the " + kind + " hook " + hook.path();
    try {
      Process process = start(hook);
      try (OutputStream input = process.getOutputStream()) {
        input.write(state.getBytes(StandardCharsets.UTF_8));
      } catch (IOException _) {
        // A hook that reads nothing of it; ignored: it is told, and need not listen.
      }
      Integer timeout = hook.timeout();
      if (timeout != null && !process.waitFor(timeout, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw failed(step, "it ran longer than " + timeout + " s and was killed");
      }
      int status = process.waitFor();
      if (status != 0) {
        throw failed(step, "exit status " + status);
      }
    } catch (IOException e) {
      throw failed(step, String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(step, "waiting was interrupted");
    }
  }

  private static Process start(Hook hook) throws IOException {
    List<String> command = new ArrayList<>(List.of(hook.path()));
    if (hook.args().size() > 1) {
      command.addAll(hook.args().subList(1, hook.args().size()));
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .directory(new File("/"));
    List<String> variables = hook.env();
    if (variables != null) {
      Map<String, String> environment = builder.environment();
      environment.clear();
      for (String variable : variables) {
        int equals = variable.indexOf('=');
        if (equals > 0) {
          environment.put(variable.substring(0, equals), variable.substring(equals + 1));
        }
      }
    }
    return builder.start();
  }

  private static StepException failed(String step, String finding) {
    return new StepException(Failure.of(step, finding, "see what the hook itself says"));
  }
}
