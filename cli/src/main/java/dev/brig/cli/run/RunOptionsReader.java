package dev.brig.cli.run;

import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.syntax.Reading;
import dev.brig.error.UsageException;
import java.util.List;
import java.util.Map;

/// Turns what the user wrote into [RunOptions].
public final class RunOptionsReader {
  private RunOptionsReader() {}

  /// Reads the options; the first operand is the image and does not matter here.
  ///
  /// @param arguments the command line
  /// @param caller the caller's environment, for `--env NAME`
  /// @throws UsageException naming the option whose value is wrong, or the two that contradict each
  ///   other
  public static RunOptions read(
      Reading.Arguments<RunOption> arguments, Map<String, String> caller) {
    LifecycleGroup lifecycle = new LifecycleGroup();
    CommandGroup command = new CommandGroup(caller);
    FilesGroup files = new FilesGroup();
    IsolationGroup isolation = new IsolationGroup();
    SecurityGroup security = new SecurityGroup(lifecycle);
    LimitsGroup limits = new LimitsGroup();
    OptionGroup[] groups = {lifecycle, command, files, isolation, security, limits};
    for (Reading.Setting<RunOption> setting : arguments.settings()) {
      take(groups, setting);
    }
    List<String> operands = arguments.operands();
    List<String> words = operands.isEmpty() ? operands : operands.subList(1, operands.size());
    return new RunOptions(
        lifecycle.options(),
        command.options(words),
        files.options(),
        isolation.options(),
        security.options(),
        limits.options(),
        Origins.of(arguments.settings(), files.options()));
  }

  private static void take(OptionGroup[] groups, Reading.Setting<RunOption> setting) {
    for (OptionGroup group : groups) {
      if (group.accept(setting.option(), setting.value())) {
        return;
      }
    }
    if (!ImageRequest.takes(setting.option())) {
      throw new AssertionError("nobody takes " + setting.option());
    }
  }
}
