package dev.brig.cli.attack;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Human;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerException.Problem;
import java.util.List;

/// `brig audit`: what a running container still shares with the host.
public final class AuditCommand implements Command<CommonOption> {
  private static final int SEEN_LENGTH_MAX = 90;

  private final Context context;

  /// Makes the command.
  public AuditCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "audit",
        "Show what a running container shares with this machine.",
        List.of(CommonOption.JSON),
        Operands.exactly(1, "CONTAINER"),
        List.of(
            "",
            "It is read from /proc of the container's first process, not from what brig has on",
            "record. A thing is shared; restricted, which is shared with limits; or own.",
            "",
            "Example:",
            "  brig run -d --name web --memory 64m host sleep 100; brig audit web"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    Container container = context.containers().find(arguments.operands().getFirst());
    if (!container.status().isAlive()) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          "audit " + container.name(),
          "container " + container.name() + " is not running: it is " + container.status().text(),
          "brig start " + container.name() + " runs it");
    }
    List<Shared> rows = new Audit(context.kernel(), container.processes().initPid()).rows();
    context.out().print(arguments.has(CommonOption.JSON) ? json(rows) : table(rows));
    return ExitCodes.SUCCESS;
  }

  private static String table(List<Shared> rows) {
    Table table = new Table("WHAT", "STATE", "FOUND", "CHANGED BY");
    for (Shared row : rows) {
      table.add(
          row.what(),
          row.state().text(),
          Human.shortened(row.seen(), SEEN_LENGTH_MAX),
          row.remedy());
    }
    return table.text();
  }

  private static String json(List<Shared> rows) {
    Json json = new Json().beginArray();
    for (Shared row : rows) {
      json.beginObject()
          .property("what", row.what())
          .property("state", row.state().text())
          .property("found", row.seen())
          .property("changedBy", row.remedy())
          .endObject();
    }
    return json.endArray().text();
  }
}
