package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.value.Pairs;
import dev.brig.cli.value.Paths;
import dev.brig.cli.value.Ulimits;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UsageException;
import dev.brig.runtime.spec.PosixRlimit;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What runs and as whom.
final class CommandGroup implements OptionGroup {
  private final Map<String, String> caller;
  private final List<String> fileEnv = new ArrayList<>();
  private final List<String> env = new ArrayList<>();
  private final List<String> groups = new ArrayList<>();
  private final List<PosixRlimit> rlimits = new ArrayList<>();
  private @Nullable List<String> entrypoint;
  private String user = "";
  private String workingDirectory = "";

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
    return new RunOptions.Command(entrypoint, words, all, user, groups, workingDirectory, rlimits);
  }

  @Override
  public boolean accept(RunOption option, String value) {
    String spelling = option.longestName();
    switch (option) {
      case ENV -> Pairs.environment(spelling, value, caller).ifPresent(env::add);
      case ENV_FILE -> fileEnv.addAll(variables(value));
      case WORKDIR -> workingDirectory = Paths.inside(spelling, value, value);
      case USER -> user = notEmpty(spelling, value);
      case GROUP_ADD -> groups.add(notEmpty(spelling, value));
      case ENTRYPOINT -> entrypoint = value.isEmpty() ? List.of() : List.of(value);
      case ULIMIT -> rlimits.add(Ulimits.parse(spelling, value));
      default -> {
        return false;
      }
    }
    return true;
  }

  private List<String> variables(String file) {
    try {
      return Pairs.environmentFile(file, Files.readAllLines(Path.of(file)), caller);
    } catch (NoSuchFileException e) {
      throw Wrong.value("--env-file", file, "there is no such file");
    } catch (MalformedInputException | InvalidPathException e) {
      throw Wrong.value("--env-file", file, "not a text file in UTF-8");
    } catch (IOException e) {
      throw Wrong.value("--env-file", file, "cannot be read: " + e.getMessage());
    }
  }

  private static String notEmpty(String option, String value) {
    if (value.isEmpty()) {
      throw new UsageException(option + " \"\"", "must not be empty", "");
    }
    return value;
  }
}
