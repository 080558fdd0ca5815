package dev.brig.cli.oci;

import java.util.List;

/// The commands of the OCI runtime by name. Only the one that is asked for is made.
final class OciCommands {
  static final String OVERVIEW =
      """
      Commands: create, start, run, state, kill, delete, exec, list, ps, pause, resume, update,
      events, spec, features, checkpoint, restore. brig-oci COMMAND --help tells more.\
      """;

  private static final List<String> NAMES =
      List.of(
          "create",
          "start",
          "run",
          "state",
          "kill",
          "delete",
          "exec",
          "list",
          "ps",
          "pause",
          "resume",
          "update",
          "events",
          "spec",
          "features",
          "checkpoint",
          "restore",
          "internal");

  private OciCommands() {}

  static boolean isKnown(String name) {
    return NAMES.contains(name);
  }

  static OciCommand<?> named(String name, OciContext context) {
    return switch (name) {
      case "create" -> new CreateCommand(context, CreateCommand.Kind.CREATE);
      case "run" -> new CreateCommand(context, CreateCommand.Kind.RUN);
      case "start" -> new StartCommand(context);
      case "state" -> new StateCommand(context);
      case "kill" -> new KillCommand(context);
      case "delete" -> new DeleteCommand(context);
      case "exec" -> new ExecCommand(context);
      case "list" -> new ListCommand(context);
      case "ps" -> new PsCommand(context);
      case "pause" -> new FreezeCommand(context, FreezeCommand.Kind.PAUSE);
      case "resume" -> new FreezeCommand(context, FreezeCommand.Kind.RESUME);
      case "update" -> new UpdateCommand(context);
      case "events" -> new EventsCommand(context);
      case "spec" -> new SpecCommand(context);
      case "features" -> new FeaturesCommand(context);
      case "checkpoint" -> new CheckpointCommand(context);
      case "restore" -> new RestoreCommand(context);
      case "internal" -> new InternalCommand(context);
      default -> throw new IllegalArgumentException(name);
    };
  }
}
