package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Names;
import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerStatus;
import dev.brig.runtime.container.Lifecycle;
import dev.brig.runtime.container.Volumes;
import dev.brig.runtime.spec.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// `brig volume`: the directories that brig keeps for containers.
public final class VolumeCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public VolumeCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "volume",
        "Make, list and remove the volumes that outlive containers.",
        List.of(CommonOption.QUIET, CommonOption.JSON, CommonOption.FORCE),
        Operands.atLeast(1, "create|ls|inspect|rm|prune [VOLUME...]"),
        List.of(
            "",
            "A volume is made when a container first mounts it (-v NAME:/path), and begins with"
                + " what",
            "the image has there. One that a container uses is not removed; rm --force removes"
                + " those",
            "containers, too. prune removes every volume that no container uses.",
            "",
            "Examples:",
            "  brig volume ls",
            "  brig volume rm data"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    List<String> words = arguments.operands();
    List<String> names = words.subList(1, words.size());
    Volumes volumes = context.volumes();
    switch (words.getFirst()) {
      case "create" -> create(volumes, named(names));
      case "ls", "list" -> list(volumes, arguments);
      case "inspect" -> inspect(volumes, named(names));
      case "rm", "remove" -> remove(volumes, named(names), arguments.has(CommonOption.FORCE));
      case "prune" -> prune(volumes);
      default ->
          throw new UsageException(
              words.getFirst(),
              "volumes can't be treated so",
              "brig volume create|ls|inspect|rm|prune");
    }
    return ExitCodes.SUCCESS;
  }

  private static List<String> named(List<String> names) {
    if (names.isEmpty()) {
      throw new UsageException(
          "", "missing VOLUME...", "brig volume ls lists those that are there");
    }
    return names;
  }

  private void create(Volumes volumes, List<String> names) {
    Each.of(
        names,
        name -> {
          Names.parse("volume create", name);
          if (!volumes.make(name, Volumes.Filling.WHEN_MOUNTED)) {
            throw new UsageException("volume " + name, "it is there already", "");
          }
          context.out().println(name);
        });
  }

  private void list(Volumes volumes, Reading.Arguments<CommonOption> arguments) {
    Map<String, List<Container>> users = users(volumes);
    if (arguments.has(CommonOption.QUIET)) {
      users.keySet().forEach(context.out()::println);
    } else if (arguments.has(CommonOption.JSON)) {
      context.out().print(json(volumes, users));
    } else {
      Table table = new Table("VOLUME NAME", "USED BY");
      users.forEach((name, containers) -> table.add(name, String.join(",", names(containers))));
      context.out().print(table.text());
    }
  }

  private void inspect(Volumes volumes, List<String> names) {
    Map<String, List<Container>> users = users(volumes);
    Map<String, List<Container>> wanted = new TreeMap<>();
    for (String name : names) {
      wanted.put(name, known(users, name));
    }
    context.out().print(json(volumes, wanted));
  }

  private static List<Container> known(Map<String, List<Container>> users, String name) {
    List<Container> containers = users.get(name);
    if (containers == null) {
      throw new UsageException(
          "volume " + name, "there is no such volume", "brig volume ls lists those that are there");
    }
    return containers;
  }

  private static String json(Volumes volumes, Map<String, List<Container>> users) {
    Json json = new Json().beginArray();
    users.forEach((name, containers) ->
        json.beginObject()
            .property("Name", name)
            .property("Driver", "local")
            .property("Mountpoint", volumes.directory(name).toString())
            .property("Containers", names(containers))
            .endObject());
    return json.endArray().text();
  }

  private static List<String> names(List<Container> containers) {
    List<String> names = new ArrayList<>();
    for (Container container : containers) {
      names.add(container.name());
    }
    return names;
  }

  private void remove(Volumes volumes, List<String> names, boolean force) {
    Map<String, List<Container>> users = users(volumes);
    Lifecycle lifecycle = context.lifecycle();
    Each.of(
        names,
        name -> {
          List<Container> containers = known(users, name);
          if (!containers.isEmpty() && !force) {
            throw new UsageException(
                "volume " + name,
                "it is used by " + String.join(", ", names(containers)),
                "brig rm removes a container; --force removes those containers, too");
          }
          for (Container container : containers) {
            lifecycle.remove(container, Lifecycle.Removal.EVEN_IF_RUNNING);
          }
          volumes.remove(name);
          context.out().println(name);
        });
  }

  private void prune(Volumes volumes) {
    users(volumes)
        .forEach((name, containers) -> {
          if (containers.isEmpty()) {
            volumes.remove(name);
            context.out().println(name);
          }
        });
  }

  /// Returns the containers that mount each volume.
  private Map<String, List<Container>> users(Volumes volumes) {
    Map<String, List<Container>> users = new TreeMap<>();
    for (String name : volumes.names()) {
      users.put(name, new ArrayList<>());
    }
    List<BrigException> problems = new ArrayList<>();
    for (Container container : context.containers().list(problems)) {
      if (container.status() == ContainerStatus.REMOVING) {
        // It has ended; only its own files are still to be removed.
        continue;
      }
      for (Mount mount : context.containers().spec(container.id()).mounts()) {
        users.forEach((name, containers) -> {
          if (mount.source().equals(volumes.directory(name).toString())) {
            containers.add(container);
          }
        });
      }
    }
    if (!problems.isEmpty()) {
      // A container that can't be read may use any of them.
      throw problems.getFirst();
    }
    return users;
  }
}
