package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.image.registry.Registries;
import java.util.List;

/// `brig logout`.
public final class LogoutCommand implements Command<RegistryOption> {
  private final Context context;

  /// Makes the command.
  public LogoutCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<RegistryOption> syntax() {
    return new Syntax<>(
        "logout",
        "Forget the name and the password for a registry.",
        List.of(RegistryOption.EVERYWHERE, RegistryOption.AUTHFILE),
        new Operands("[REGISTRY[/REPOSITORY]]", 0, 1, Operands.Order.MIXED),
        List.of("", "Example:", "  brig logout registry.example"));
  }

  @Override
  public int run(Reading.Arguments<RegistryOption> arguments) {
    Registries registries = RegistryAccess.of(context, arguments);
    boolean all = arguments.has(RegistryOption.EVERYWHERE);
    List<String> operands = arguments.operands();
    if (all != operands.isEmpty()) {
      throw new UsageException(
          "",
          all ? "--all and a registry contradict each other" : "say which registry, or --all",
          "");
    }
    if (all) {
      registries.logoutEverywhere();
      context.out().println("Removed login credentials for all registries");
    } else {
      registries.logout(operands.getFirst());
      context.out().println("Removed login credentials for " + operands.getFirst());
    }
    return ExitCodes.SUCCESS;
  }
}
