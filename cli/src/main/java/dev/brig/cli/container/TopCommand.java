package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerException.Problem;
import dev.brig.runtime.container.MemberProcess;
import dev.brig.runtime.container.Members;
import java.util.List;

/// `brig top`: the processes of a container, seen from outside, so that an image needs no `ps`.
public final class TopCommand implements Command<CommonOption> {
  private static final long MINUTE = 60;

  private final Context context;

  /// Makes the command.
  public TopCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "top",
        "Show the processes of a container.",
        List.of(CommonOption.JSON),
        Operands.exactly(1, "CONTAINER"),
        List.of("", "HPID is the process's number on this machine, PID the one inside."));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    Container container = context.containers().find(arguments.operands().getFirst());
    if (!container.status().isAlive()) {
      throw new ContainerException(
          Problem.WRONG_STATE,
          "top " + container.name(),
          "container " + container.name() + " is not running: it is " + container.status().text(),
          "brig start " + container.name() + " runs it");
    }
    List<MemberProcess> processes = new Members(context.kernel()).of(container);
    context.out().print(arguments.has(CommonOption.JSON) ? json(processes) : table(processes));
    return ExitCodes.SUCCESS;
  }

  private static String table(List<MemberProcess> processes) {
    Table table = new Table("UID", "PID", "PPID", "HPID", "STATE", "TIME", "COMMAND");
    for (MemberProcess process : processes) {
      table.add(
          Long.toString(process.uid()),
          Integer.toString(process.pid()),
          Integer.toString(process.parentPid()),
          Integer.toString(process.hostPid()),
          process.state(),
          time(process.cpuSeconds()),
          process.command());
    }
    return table.text();
  }

  private static String time(long seconds) {
    long minutes = seconds / MINUTE;
    String rest = Long.toString(seconds % MINUTE);
    return minutes + ":" + (rest.length() < 2 ? "0" : "") + rest;
  }

  private static String json(List<MemberProcess> processes) {
    Json json = new Json().beginArray();
    for (MemberProcess process : processes) {
      json.beginObject()
          .property("uid", process.uid())
          .property("pid", process.pid())
          .property("ppid", process.parentPid())
          .property("hostPid", process.hostPid())
          .property("state", process.state())
          .property("cpuSeconds", process.cpuSeconds())
          .property("command", process.command())
          .endObject();
    }
    return json.endArray().text();
  }
}
