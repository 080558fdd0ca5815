package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Human;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Listing;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Numbers;
import dev.brig.error.BrigException;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.ContainerStatus;
import dev.brig.runtime.container.ExitRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// `brig ps`.
public final class PsCommand implements Command<CommonOption> {
  private static final int COMMAND_LENGTH = 24;
  private static final String[][] FIELDS = {
    {"ID", "CONTAINER ID"},
    {"Image", "IMAGE"},
    {"Command", "COMMAND"},
    {"CreatedAt", "CREATED AT"},
    {"RunningFor", "CREATED"},
    {"Status", "STATUS"},
    {"State", "STATE"},
    {"Names", "NAMES"},
    {"Labels", "LABELS"},
    {"Pid", "PID"},
    {"ExitCode", "EXIT CODE"}
  };

  private static final int MILLIS = 1000;

  private final Context context;
  private final long nowSeconds = Instant.now().getEpochSecond();

  /// Makes the command.
  public PsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "ps",
        "List containers.",
        List.of(
            CommonOption.ALL,
            CommonOption.LATEST,
            CommonOption.LAST,
            CommonOption.QUIET,
            CommonOption.NO_TRUNC,
            CommonOption.FILTER,
            CommonOption.FORMAT,
            CommonOption.JSON),
        Operands.NONE,
        List.of(
            "",
            "Fields of a template: ID Image Command CreatedAt RunningFor Status State Names",
            "Labels Pid ExitCode",
            "",
            "Examples:",
            "  brig ps -a --filter status=exited",
            "  brig ps --format '{{.Names}}\\t{{.Status}}'",
            "  brig ps --format 'table {{.Names}} {{.Status}}'"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    String format = arguments.value(CommonOption.FORMAT, "");
    List<BrigException> problems = new ArrayList<>();
    List<Container> containers = wanted(arguments, problems);
    if (arguments.has(CommonOption.JSON) || format.equals("json")) {
      context.out().print(json(containers));
    } else if (arguments.has(CommonOption.QUIET)) {
      for (Container container : containers) {
        context.out().println(id(arguments, container));
      }
    } else if (Listing.isUsual(format)) {
      context.out().print(table(arguments, containers));
    } else {
      List<Map<String, String>> rows = new ArrayList<>();
      containers.forEach(container -> rows.add(fields(arguments, container)));
      context.out().print(Listing.text(format, FIELDS, rows));
    }
    for (BrigException problem : problems) {
      context.warn(problem.failure().line());
    }
    return ExitCodes.SUCCESS;
  }

  private List<Container> wanted(
      Reading.Arguments<CommonOption> arguments, List<BrigException> problems) {
    ContainerFilter filter = new ContainerFilter(arguments);
    String last = arguments.has(CommonOption.LATEST) ? "1" : arguments.value(CommonOption.LAST, "");
    long most =
        last.isEmpty() ? Long.MAX_VALUE : Numbers.parse("--last", last, 1, Integer.MAX_VALUE);
    boolean all = arguments.has(CommonOption.ALL) || filter.hasStatus() || !last.isEmpty();
    List<Container> wanted = new ArrayList<>();
    for (Container container : context.containers().list(problems)) {
      if ((all || container.status().isAlive())
          && filter.matches(container)
          && wanted.size() < most) {
        wanted.add(container);
      }
    }
    return wanted;
  }

  private String table(Reading.Arguments<CommonOption> arguments, List<Container> containers) {
    Table table = new Table("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "NAMES");
    for (Container container : containers) {
      Map<String, String> fields = fields(arguments, container);
      table.add(
          fields.getOrDefault("ID", ""),
          fields.getOrDefault("Image", ""),
          fields.getOrDefault("Command", ""),
          fields.getOrDefault("RunningFor", ""),
          fields.getOrDefault("Status", ""),
          fields.getOrDefault("Names", ""));
    }
    return table.text();
  }

  private Map<String, String> fields(
      Reading.Arguments<CommonOption> arguments, Container container) {
    ContainerRecord record = container.record();
    String command = String.join(" ", record.command());
    boolean whole = arguments.has(CommonOption.NO_TRUNC);
    List<String> labels = new ArrayList<>();
    record.labels().forEach((name, value) -> labels.add(name + "=" + value));
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("ID", id(arguments, container));
    fields.put("Image", record.image().reference());
    fields.put("Command", whole ? command : Human.shortened(command, COMMAND_LENGTH));
    fields.put("CreatedAt", Instant.ofEpochMilli(record.createdMillis()).toString());
    fields.put("RunningFor", Human.ago(record.createdMillis() / MILLIS, nowSeconds));
    fields.put("Status", status(container));
    fields.put("State", container.status().text());
    fields.put("Names", record.name());
    fields.put("Labels", String.join(",", labels));
    fields.put("Pid", Integer.toString(container.processes().initPid()));
    fields.put("ExitCode", Integer.toString(exitCode(container)));
    return fields;
  }

  private static String id(Reading.Arguments<CommonOption> arguments, Container container) {
    return arguments.has(CommonOption.NO_TRUNC)
        ? container.id().text()
        : container.id().shortText();
  }

  private String status(Container container) {
    long started = container.startedSeconds();
    String up = "Up " + Human.duration(Math.max(0, nowSeconds - started));
    ContainerStatus status = container.status();
    ExitRecord exit = container.exit();
    String ended = exit == null ? "" : " " + Human.ago(exit.finishedSeconds(), nowSeconds);
    return switch (status) {
      case CREATED -> "Created";
      case RUNNING -> up;
      case PAUSED -> up + " (Paused)";
      case EXITED -> "Exited (" + exitCode(container) + ")" + ended;
      case REMOVING -> "Removal In Progress";
    };
  }

  /// Returns the status with which a container ended, or 0 while it has not.
  static int exitCode(Container container) {
    ExitRecord exit = container.exit();
    return exit == null ? 0 : exit.exitCode();
  }

  private String json(List<Container> containers) {
    Json json = new Json().beginArray();
    for (Container container : containers) {
      ContainerRecord record = container.record();
      json.beginObject()
          .property("Id", record.id().text())
          .property("Names", List.of(record.name()))
          .property("Image", record.image().reference())
          .property("ImageID", record.image().id())
          .property("Command", record.command())
          .property("Created", record.createdMillis() / MILLIS)
          .property("StartedAt", container.startedSeconds())
          .property("State", container.status().text())
          .property("Status", status(container))
          .property("ExitCode", exitCode(container))
          .property("Pid", container.processes().initPid())
          .property("Labels", record.labels())
          .endObject();
    }
    return json.endArray().text();
  }
}
