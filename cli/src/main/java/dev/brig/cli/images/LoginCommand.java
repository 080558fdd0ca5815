package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.image.registry.Credentials;
import dev.brig.image.registry.Registries;
import java.io.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `brig login`.
public final class LoginCommand implements Command<RegistryOption> {
  private static final int PASSWORD_BYTES_MAX = 64 * 1024;

  private final Context context;

  /// Makes the command.
  public LoginCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<RegistryOption> syntax() {
    return new Syntax<>(
        "login",
        "Check a name and a password with a registry, and record them.",
        List.of(
            RegistryOption.USERNAME,
            RegistryOption.PASSWORD,
            RegistryOption.PASSWORD_STDIN,
            RegistryOption.GET_LOGIN,
            RegistryOption.AUTHFILE,
            RegistryOption.CERT_DIR,
            RegistryOption.TLS_VERIFY),
        Operands.exactly(1, "REGISTRY[/REPOSITORY]"),
        List.of(
            "",
            "They are recorded in auth.json, which podman, buildah and skopeo read, too, for",
            "its owner alone, or with the credential helper that is named there.",
            "",
            "Example:",
            "  brig login -u me --password-stdin registry.example <password.txt"));
  }

  @Override
  public int run(Reading.Arguments<RegistryOption> arguments) {
    Registries registries = RegistryAccess.of(context, arguments);
    String registry = arguments.operands().getFirst();
    if (arguments.has(RegistryOption.GET_LOGIN)) {
      context.out().println(user(registries, registry));
      return ExitCodes.SUCCESS;
    }
    String user = arguments.value(RegistryOption.USERNAME, "");
    if (user.isEmpty()) {
      user = ask("Username: ", "--username");
    }
    if (user.isEmpty() || user.indexOf(':') >= 0) {
      throw new UsageException(
          "--username", user.isEmpty() ? "it is empty" : "a name with a colon in it", "");
    }
    Credentials.Password password = new Credentials.Password(user, password(arguments));
    registries.login(registry, password);
    context.out().println("Login Succeeded!");
    return ExitCodes.SUCCESS;
  }

  private static String user(Registries registries, String registry) {
    return switch (registries.loginOf(registry)) {
      case Credentials.Password password -> password.user();
      case Credentials.Identity _ -> "<token>";
      case Credentials.Anonymous _ ->
          throw new UsageException(
              "registry " + registry, "nobody is logged in", "brig login " + registry);
    };
  }

  private static String password(Reading.Arguments<RegistryOption> arguments) {
    String given = arguments.value(RegistryOption.PASSWORD, "");
    if (arguments.has(RegistryOption.PASSWORD_STDIN)) {
      if (!given.isEmpty()) {
        throw new UsageException("--password-stdin", "--password says it as well", "");
      }
      return firstLine();
    }
    if (!given.isEmpty()) {
      return given;
    }
    Console console = terminal("--password-stdin");
    char @Nullable [] typed = console.readPassword("Password: ");
    return typed == null ? "" : new String(typed);
  }

  private static String firstLine() {
    try {
      byte[] bytes = System.in.readNBytes(PASSWORD_BYTES_MAX);
      String text = new String(bytes, StandardCharsets.UTF_8);
      int end = text.indexOf('\n');
      return (end < 0 ? text : text.substring(0, end)).replace("\r", "");
    } catch (IOException e) {
      throw new UncheckedIOException("standard input", e);
    }
  }

  private static String ask(String prompt, String option) {
    String line = terminal(option).readLine(prompt);
    return line == null ? "" : line.strip();
  }

  @SuppressWarnings("SystemConsoleNull") // it does return null where jdk.console is java.base
  private static Console terminal(String option) {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new UsageException(
          option, "it was not given, and there is no terminal to ask at", "give it");
    }
    return console;
  }
}
