package dev.brig.cli.run;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;

/// `brig unshare`: a command in the user namespace in which an ordinary user's containers' files
/// have the owners that the containers see.
public final class UnshareCommand implements Command<Option> {
  // How ./brig keeps the caller's values of what would disturb the JVM.
  private static final String CALLERS = "BRIG_CALLER_";

  private final Context context;

  /// Makes the command.
  public UnshareCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<Option> syntax() {
    return new Syntax<>(
        "unshare",
        "Run a command as root of a user namespace of your own.",
        List.of(),
        Operands.lastFrom(0, "[COMMAND [ARG...]]"),
        List.of(
            "",
            "For ordinary users. You are root there and have the ids of /etc/subuid and",
            "/etc/subgid, as in your containers: their files can be seen with their owners,",
            "changed and removed. Without COMMAND it is your shell ($SHELL, or /bin/sh). Mounts",
            "that are made there are seen there only. The exit status is the command's.",
            "",
            "Examples:",
            "  brig unshare cat /proc/self/uid_map",
            "  brig unshare chown 33:33 ./www       what www-data inside a container can write to"));
  }

  @Override
  public int run(Reading.Arguments<Option> arguments) {
    boolean here = context.inside().isHere();
    if (here || !context.isRootless()) {
      throw new UsageException(
          "",
          here ? "this is brig's user namespace already" : "root has all ids already",
          "run the command as it is");
    }
    List<String> command = arguments.operands();
    if (command.isEmpty()) {
      String shell = context.environment().getOrDefault("SHELL", "");
      command = List.of(shell.isEmpty() ? "/bin/sh" : shell);
    }
    context.out().flush();
    throw context
        .inside()
        .namespace()
        .become(command, callers(context.inside().environment()), context.searchPath());
  }

  private static List<String> callers(List<String> environment) {
    List<String> restored = new ArrayList<>();
    for (String variable : environment) {
      if (variable.startsWith(CALLERS)) {
        restored.add(variable.substring(CALLERS.length()));
      } else if (!variable.startsWith("LC_ALL=")) {
        restored.add(variable);
      }
    }
    return restored;
  }
}
