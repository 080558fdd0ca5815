package dev.brig.cli.container;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.JsonTemplate;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.InspectWriter;
import dev.brig.runtime.container.Inspection;
import dev.brig.runtime.spec.SpecWriter;
import java.util.ArrayList;
import java.util.List;

/// `brig inspect`.
public final class InspectCommand implements Command<CommonOption> {
  private final Context context;

  /// Makes the command.
  public InspectCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "inspect",
        "Show all there is to know about containers, as JSON.",
        List.of(CommonOption.CONFIG, CommonOption.TEMPLATE),
        Operands.atLeast(1, "CONTAINER..."),
        List.of(
            "",
            "Examples:",
            "  brig inspect --format '{{.state.pid}}' web",
            "  brig inspect --format '{{json .mounts}}' web"));
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    ContainerStore store = context.containers();
    if (arguments.has(CommonOption.CONFIG)) {
      Each.of(
          arguments.operands(),
          reference ->
              context.out().print(SpecWriter.write(store.spec(store.find(reference).id()))));
      return ExitCodes.SUCCESS;
    }
    List<Inspection> inspections = new ArrayList<>();
    try {
      Each.of(
          arguments.operands(),
          reference -> {
            Container container = store.find(reference);
            inspections.add(
                new Inspection(
                    container, store.spec(container.id()), store.reasons(container.id())));
          });
    } finally {
      print(arguments.value(CommonOption.TEMPLATE, ""), inspections);
    }
    return ExitCodes.SUCCESS;
  }

  private void print(String template, List<Inspection> inspections) {
    String all = InspectWriter.write(inspections);
    if (template.isEmpty() || template.equals("json")) {
      context.out().print(all);
      return;
    }
    for (JsonElement each : JsonParser.parseString(all).getAsJsonArray()) {
      context.out().println(JsonTemplate.fill("--format", template, each));
    }
  }
}
