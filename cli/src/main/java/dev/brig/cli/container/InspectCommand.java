package dev.brig.cli.container;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.images.InspectImageCommand;
import dev.brig.cli.output.JsonTemplate;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.BrigException;
import dev.brig.image.store.ImageStore;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
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
            "Names of images show what brig image inspect shows.",
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
    if (areImages(store, arguments.operands())) {
      return new InspectImageCommand(context).run(arguments);
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

  /// Tells whether no container has these names, but images do: docker and podman show those, too.
  private boolean areImages(ContainerStore store, List<String> references) {
    for (String reference : references) {
      try {
        var _ = store.find(reference);
        return false;
      } catch (ContainerException e) {
        if (e.problem() != ContainerException.Problem.NO_SUCH_CONTAINER) {
          return false;
        }
      }
    }
    try (ImageStore images = context.images()) {
      for (String reference : references) {
        var _ = images.catalogue().details(reference);
      }
      return true;
    } catch (BrigException _) {
      // Ignored: it is the containers that are told to be missing.
      return false;
    }
  }

  private void print(String template, List<Inspection> inspections) {
    context.out().print(JsonTemplate.each(template, InspectWriter.write(inspections)));
  }
}
