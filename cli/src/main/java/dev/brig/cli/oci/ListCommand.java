package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.runtime.json.JsonOut;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleStatus;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/// `list`.
final class ListCommand implements OciCommand<SharedOption> {
  private static final int WIDTH_MIN = 12;
  private static final int GAP = 3;

  private final OciContext context;

  ListCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<SharedOption> syntax() {
    return new Syntax<>(
        "brig-oci list",
        "List the containers below --root.",
        List.of(SharedOption.FORMAT, SharedOption.QUIET),
        Operands.NONE,
        List.of());
  }

  @Override
  public int run(Reading.Arguments<SharedOption> arguments) {
    List<BundleContainer> containers = context.store().all();
    if (arguments.has(SharedOption.QUIET)) {
      for (BundleContainer container : containers) {
        context.out().println(container.record().id());
      }
      return 0;
    }
    Owners owners = new Owners(context.kernel());
    String format = arguments.value(SharedOption.FORMAT, "table");
    switch (format) {
      case "json" -> context.out().print(json(containers, owners));
      case "table" -> context.out().print(table(containers, owners));
      default ->
          throw new UsageException("--format \"" + format + "\"", "no format", "table or json");
    }
    return 0;
  }

  private static String json(List<BundleContainer> containers, Owners owners) {
    if (containers.isEmpty()) {
      return "null\n";
    }
    StringWriter text = new StringWriter();
    JsonOut out = JsonOut.onOneLine(text);
    out.beginArray();
    for (BundleContainer container : containers) {
      StateCommand.write(out, container, owners.name(container.record().owner()));
    }
    out.endArray();
    return text.append('\n').toString();
  }

  private static String table(List<BundleContainer> containers, Owners owners) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"));
    for (BundleContainer container : containers) {
      BundleStatus status = container.status();
      int pid = status == BundleStatus.STOPPED ? 0 : container.pid();
      rows.add(
          List.of(
              container.record().id(),
              Integer.toString(pid),
              status.text(),
              container.record().bundle(),
              container.record().created(),
              owners.name(container.record().owner())));
    }
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], Math.max(WIDTH_MIN, row.get(i).length() + GAP));
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      for (int i = 0; i < columns - 1; i++) {
        text.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length()));
      }
      text.append(row.getLast()).append('\n');
    }
    return text.toString();
  }
}
