package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.image.tree.ChangeList;
import dev.brig.image.tree.ChangeList.Item;
import dev.brig.image.tree.TreeComparison;
import java.util.ArrayList;
import java.util.List;

/// `brig diff`.
public final class DiffCommand implements Command<FilesOption> {
  private final Context context;

  /// Makes the command.
  public DiffCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "diff",
        "Show what has changed in the files of a container or an image.",
        List.of(FilesOption.JSON),
        new Operands("WHAT [BASE]", 1, 2, Operands.Order.MIXED),
        List.of(
            "",
            "WHAT and BASE are containers, snapshots (CONTAINER@SNAPSHOT) or images. Without BASE"
                + " a",
            "container is compared with its image, a snapshot with the one before it, an image"
                + " with",
            "itself without its topmost layer.",
            "A: added, C: changed, D: removed."));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    context.inside().enterToMount();
    List<String> operands = arguments.operands();
    ChangeList list = new ChangeList();
    try (TreeSource sources = new TreeSource(context, "diff")) {
      TreeSource.Pair pair =
          operands.size() == 1
              ? sources.withBase(operands.getFirst())
              : sources.pair(operands.get(1), operands.getFirst());
      TreeComparison comparison = new TreeComparison(new Trees(context).files(pair.ids()), list);
      if (pair.before().isPresent()) {
        comparison.run(pair.before().get(), pair.after(), pair.guides());
      } else {
        comparison.tell(pair.after());
      }
    }
    context.out().print(arguments.has(FilesOption.JSON) ? json(list.items()) : text(list.items()));
    return ExitCodes.SUCCESS;
  }

  private static String text(List<Item> items) {
    StringBuilder text = new StringBuilder();
    for (Item item : items) {
      text.append(item.kind()).append(' ').append(item.path()).append('\n');
    }
    return text.toString();
  }

  /// Returns the changes as podman writes them.
  private static String json(List<Item> items) {
    Json json = new Json().beginObject();
    addChanges(json, items);
    return json.endObject().text();
  }

  /// Adds properties `added`, `changed` and `deleted`, each if there are any.
  static void addChanges(Json json, List<Item> items) {
    for (ChangeList.Kind kind : ChangeList.Kind.values()) {
      List<String> paths = new ArrayList<>();
      for (Item item : items) {
        if (item.kind() == kind) {
          paths.add(item.path());
        }
      }
      if (!paths.isEmpty()) {
        String name =
            switch (kind) {
              case A -> "added";
              case C -> "changed";
              case D -> "deleted";
            };
        json.property(name, paths);
      }
    }
  }
}
