package dev.brig.cli.files;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Human;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.image.tree.ChangeList;
import dev.brig.image.tree.TreeComparison;
import dev.brig.linux.Fd;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.Snapshot;
import dev.brig.runtime.container.SnapshotList;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `brig log`: what each step on the way from the image to a container's files has changed.
public final class LogCommand implements Command<FilesOption> {
  private final Context context;

  /// Makes the command.
  public LogCommand(Context context) {
    this.context = context;
  }

  /// A step: what is between a snapshot, or the present, and the snapshot it was made on.
  ///
  /// @param name the snapshot's name, or empty for what has changed since the last one
  private record Step(Optional<Snapshot> snapshot, String name, ChangeList changes) {
    long count(ChangeList.Kind kind) {
      long count = 0;
      for (ChangeList.Item item : changes.items()) {
        if (item.kind() == kind) {
          count++;
        }
      }
      return count;
    }
  }

  @Override
  public Syntax<FilesOption> syntax() {
    return new Syntax<>(
        "log",
        "Show what each snapshot has changed, the latest first.",
        List.of(FilesOption.CHANGES, FilesOption.JSON),
        new Operands("CONTAINER[@SNAPSHOT] [SNAPSHOT]", 1, 2, Operands.Order.MIXED),
        List.of(
            "",
            "The way leads from a snapshot, or from what the container has now, back to the image,"
                + " or to",
            "what the second SNAPSHOT also came from. ADDED, CHANGED and REMOVED count files; a"
                + " directory",
            "in which something has changed counts, as in brig diff."));
  }

  @Override
  public int run(Reading.Arguments<FilesOption> arguments) {
    context.inside().enterToMount();
    List<String> operands = arguments.operands();
    SnapshotReference from = SnapshotReference.parse(operands.getFirst());
    Container container = context.containers().find(from.container());
    SnapshotList list = context.containers().snapshots(container.id());
    boolean now = from.snapshot().isEmpty();
    List<Snapshot> way = way(list, now ? list.current() : from.snapshot(), container);
    if (operands.size() == 2) {
      SnapshotReference to = SnapshotReference.parse(operands.get(1));
      way.removeAll(way(list, end(to, container), container));
    }
    List<Step> steps = steps(container, list, way, now);
    context.out().print(arguments.has(FilesOption.JSON) ? json(steps) : text(steps, arguments));
    return ExitCodes.SUCCESS;
  }

  /// Returns the name of the snapshot where the way ends: `one`, or `CONTAINER@one`.
  private String end(SnapshotReference reference, Container container) {
    if (reference.snapshot().isEmpty()) {
      return reference.container();
    }
    if (!context.containers().find(reference.container()).id().equals(container.id())) {
      throw new UsageException(
          "\"" + reference.container() + "@" + reference.snapshot() + "\"",
          "a way leads through the snapshots of one container",
          "brig diff compares the files of two");
    }
    return reference.snapshot();
  }

  /// Returns a snapshot and all that it was made on, the latest first.
  private List<Snapshot> way(SnapshotList list, String name, Container container) {
    List<Snapshot> way = new ArrayList<>();
    String next = name;
    while (!next.isEmpty()) {
      Snapshot snapshot =
          way.isEmpty()
              ? new Trees(context).snapshots().find(container, next)
              : list.find(next).orElseThrow();
      way.add(snapshot);
      next = snapshot.parent();
    }
    return way;
  }

  private List<Step> steps(
      Container container, SnapshotList list, List<Snapshot> way, boolean now) {
    List<Step> steps = new ArrayList<>();
    try (TreeSource sources = new TreeSource(context, "log")) {
      TreeSource.Pair whole = sources.withBase(container.id().toString());
      String of = container.id() + "@";
      Fd image = whole.before().orElseThrow();
      if (now) {
        boolean onImage = list.current().isEmpty();
        Fd before = onImage ? image : sources.tree(of + list.current());
        List<Fd> guides = onImage ? whole.guides() : List.of();
        ChangeList changes = changes(whole.ids(), before, whole.after(), guides);
        steps.add(new Step(Optional.empty(), "", changes));
      }
      for (Snapshot snapshot : way) {
        String parent = snapshot.parent();
        Fd before = parent.isEmpty() ? image : sources.tree(of + parent);
        Fd after = sources.tree(of + snapshot.name());
        ChangeList changes = changes(Trees.Ids.HOST, before, after, List.of());
        steps.add(new Step(Optional.of(snapshot), snapshot.name(), changes));
      }
    }
    return steps;
  }

  private ChangeList changes(Trees.Ids ids, Fd before, Fd after, List<Fd> guides) {
    ChangeList list = new ChangeList();
    new TreeComparison(new Trees(context).files(ids), list).run(before, after, guides);
    return list;
  }

  private static String text(List<Step> steps, Reading.Arguments<FilesOption> arguments) {
    return arguments.has(FilesOption.CHANGES) ? withChanges(steps) : table(steps);
  }

  private static String table(List<Step> steps) {
    long now = Instant.now().getEpochSecond();
    Table table = new Table("SNAPSHOT", "CREATED", "ADDED", "CHANGED", "REMOVED", "COMMENT");
    for (Step step : steps) {
      table.add(
          title(step),
          created(step, now),
          Long.toString(step.count(ChangeList.Kind.A)),
          Long.toString(step.count(ChangeList.Kind.C)),
          Long.toString(step.count(ChangeList.Kind.D)),
          step.snapshot().map(Snapshot::comment).orElse(""));
    }
    return table.text();
  }

  private static String withChanges(List<Step> steps) {
    long now = Instant.now().getEpochSecond();
    StringBuilder text = new StringBuilder();
    for (Step step : steps) {
      String comment = step.snapshot().map(Snapshot::comment).orElse("");
      text.append(text.isEmpty() ? "" : "\n").append(title(step));
      text.append(step.snapshot().isPresent() ? ", " + created(step, now) : "");
      text.append(comment.isEmpty() ? "" : ": " + comment).append('\n');
      for (ChangeList.Item item : step.changes().items()) {
        text.append(item.kind()).append(' ').append(item.path()).append('\n');
      }
    }
    return text.toString();
  }

  private static String title(Step step) {
    return step.snapshot().isPresent() ? step.name() : "(now)";
  }

  private static String created(Step step, long now) {
    return step.snapshot().map(each -> Human.ago(each.createdSeconds(), now)).orElse("");
  }

  private static String json(List<Step> steps) {
    Json json = new Json().beginArray();
    for (Step step : steps) {
      json.beginObject().property("snapshot", step.name());
      step.snapshot()
          .ifPresent(each ->
              json.property("parent", each.parent())
                  .property("created", Instant.ofEpochSecond(each.createdSeconds()).toString())
                  .property("comment", each.comment()));
      DiffCommand.addChanges(json, step.changes().items());
      json.endObject();
    }
    return json.endArray().text();
  }
}
