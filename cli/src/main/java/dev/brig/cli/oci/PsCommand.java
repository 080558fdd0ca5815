package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// `ps`.
final class PsCommand implements OciCommand<SharedOption> {
  private final OciContext context;

  PsCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<SharedOption> syntax() {
    return new Syntax<>(
        "brig-oci ps",
        "Show the processes of a container, by this machine's ps(1) or as numbers.",
        List.of(SharedOption.FORMAT),
        Operands.lastFrom(1, "ID [PS-OPTION...]"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<SharedOption> arguments) {
    List<String> words = arguments.operands();
    BundleContainer container = context.store().container(words.getFirst());
    if (container.record().cgroups().isEmpty()) {
      throw new BundleException(
          "the container has no cgroup that would tell its processes",
          "brig-oci exec " + words.getFirst() + " ps -ef");
    }
    List<Integer> pids = new ArrayList<>(container.cgroup().pids());
    pids.sort(null);
    String format = arguments.value(SharedOption.FORMAT, "table");
    switch (format) {
      case "json" -> context.out().print(json(pids));
      case "table" -> context.out().print(table(new HashSet<>(pids), options(words)));
      default ->
          throw new UsageException("--format \"" + format + "\"", "no format", "table or json");
    }
    return 0;
  }

  private static String json(List<Integer> pids) {
    StringBuilder text = new StringBuilder("[");
    for (int pid : pids) {
      text.append(text.length() == 1 ? "" : ",").append(pid);
    }
    return text.append("]\n").toString();
  }

  private static List<String> options(List<String> words) {
    List<String> options = new ArrayList<>(words.subList(1, words.size()));
    options.removeIf(word -> word.equals("--"));
    return options.isEmpty() ? List.of("-ef") : options;
  }

  private static String table(Set<Integer> pids, List<String> options) {
    List<String> command = new ArrayList<>(List.of("/bin/ps"));
    command.addAll(options);
    String output;
    try {
      Process ps = new ProcessBuilder(command).redirectErrorStream(true).start();
      ps.getOutputStream().close();
      output = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UsageException("/bin/ps", String.valueOf(e.getMessage()), "install procps");
    }
    List<String> lines = output.lines().toList();
    int column = lines.isEmpty() ? -1 : fields(lines.getFirst()).indexOf("PID");
    if (column < 0) {
      throw new UsageException(
          "ps " + String.join(" ", options), "its output has no column PID", "ps -ef has one");
    }
    StringBuilder text = new StringBuilder(lines.getFirst()).append('\n');
    for (String line : lines.subList(1, lines.size())) {
      List<String> fields = fields(line);
      if (fields.size() > column && isOneOf(pids, fields.get(column))) {
        text.append(line).append('\n');
      }
    }
    return text.toString();
  }

  private static boolean isOneOf(Set<Integer> pids, String field) {
    try {
      return pids.contains(Integer.parseInt(field));
    } catch (NumberFormatException _) {
      return false;
    }
  }

  private static List<String> fields(String line) {
    return List.of(line.strip().split(" +", -1));
  }
}
