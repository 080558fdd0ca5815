package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.value.Numbers;
import dev.brig.cli.value.Pairs;
import dev.brig.cli.value.Paths;
import dev.brig.cli.value.Ulimits;
import dev.brig.cli.value.Words;
import dev.brig.error.UsageException;
import dev.brig.runtime.spec.PosixRlimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What runs and as whom.
final class CommandGroup implements OptionGroup {
  private final Map<String, String> caller;
  private final List<String> fileEnv = new ArrayList<>();
  private final List<String> env = new ArrayList<>();
  private final List<String> hostEnv = new ArrayList<>();
  private final List<String> unset = new ArrayList<>();
  private final List<String> groups = new ArrayList<>();
  private final List<PosixRlimit> rlimits = new ArrayList<>();
  private @Nullable List<String> entrypoint;
  private String user = "";
  private String workingDirectory = "";
  private int umask = -1;
  private @Nullable Integer oomScoreAdj;

  /// Makes an empty group.
  ///
  /// @param caller the caller's environment
  CommandGroup(Map<String, String> caller) {
    this.caller = caller;
  }

  /// Returns what was said.
  ///
  /// @param words the command behind the image
  RunOptions.Command options(List<String> words) {
    // --env wins over --env-file wherever the two stand, as with podman
    List<String> all = new ArrayList<>(fileEnv);
    all.addAll(env);
    return new RunOptions.Command(
        entrypoint,
        words,
        new RunOptions.Env(hostEnv, unset, all),
        user,
        groups,
        workingDirectory,
        rlimits,
        umask,
        oomScoreAdj);
  }

  @Override
  public boolean accept(RunOption option, String value) {
    return acceptVariable(option, value) || acceptOther(option, value);
  }

  private boolean acceptVariable(RunOption option, String value) {
    String spelling = option.longestName();
    switch (option) {
      case ENV -> env.addAll(Pairs.environment(spelling, value, caller));
      case ENV_FILE ->
          fileEnv.addAll(Pairs.environmentFile(value, TextFile.lines(spelling, value), caller));
      case ENV_HOST -> {
        if (value.equals("true")) {
          caller.forEach((name, text) -> hostEnv.add(name + "=" + text));
        }
      }
      case UNSETENV -> unset.add(notEmpty(spelling, value));
      case UNSETENV_ALL -> {
        if (value.equals("true")) {
          unset.add(RunOptions.Env.ALL);
        }
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean acceptOther(RunOption option, String value) {
    String spelling = option.longestName();
    switch (option) {
      case WORKDIR -> workingDirectory = Paths.inside(spelling, value, value);
      case USER -> user = notEmpty(spelling, value);
      case GROUP_ADD -> groups.add(notEmpty(spelling, value));
      case ENTRYPOINT -> entrypoint = Words.parse(spelling, value);
      case ULIMIT -> {
        // What the caller has is what a container has anyway.
        if (!value.equals("host")) {
          rlimits.add(Ulimits.parse(spelling, value));
        }
      }
      case UMASK -> umask = (int) Numbers.octal(spelling, value, 0777);
      case OOM_SCORE_ADJ -> oomScoreAdj = (int) Numbers.parse(spelling, value, -1000, 1000);
      default -> {
        return false;
      }
    }
    return true;
  }

  private static String notEmpty(String option, String value) {
    if (value.isEmpty()) {
      throw new UsageException(option + " \"\"", "must not be empty", "");
    }
    return value;
  }
}
