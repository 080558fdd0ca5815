package dev.brig.cli.container;

import dev.brig.cli.command.CommonOption;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.value.Wrong;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The containers that `--filter` lets through: those that match at least one value of each key.
final class ContainerFilter {
  private record Condition(String key, String value) {}

  private final List<Condition> conditions = new ArrayList<>();

  /// Reads the filters of a command line.
  ContainerFilter(Reading.Arguments<CommonOption> arguments) {
    for (Reading.Setting<CommonOption> setting : arguments.settings()) {
      if (setting.option() == CommonOption.FILTER) {
        conditions.add(condition(setting.value()));
      }
    }
  }

  /// Tells whether there is a filter by status, which takes the place of "only running ones".
  boolean hasStatus() {
    return conditions.stream().anyMatch(condition -> condition.key().equals("status"));
  }

  /// Tells whether the container is let through.
  boolean matches(Container container) {
    for (Condition condition : conditions) {
      boolean one = false;
      for (Condition other : conditions) {
        one |= other.key().equals(condition.key()) && matches(container, other);
      }
      if (!one) {
        return false;
      }
    }
    return true;
  }

  private static Condition condition(String text) {
    int equals = text.indexOf('=');
    String key = equals < 0 ? text : text.substring(0, equals);
    return switch (key) {
      case "name", "id", "status", "label", "ancestor", "exited" -> {
        if (equals < 0) {
          throw Wrong.value("--filter", text, "has no value; write KEY=VALUE");
        }
        yield new Condition(key, text.substring(equals + 1));
      }
      default ->
          throw Wrong.value(
              "--filter",
              text,
              "the key must be one of name, id, status, label, ancestor and exited");
    };
  }

  private static boolean matches(Container container, Condition condition) {
    ContainerRecord record = container.record();
    String value = condition.value();
    return switch (condition.key()) {
      case "name" -> record.name().contains(value);
      case "id" -> record.id().text().startsWith(value);
      case "status" -> container.status().text().equals(value);
      case "ancestor" ->
          record.image().reference().equals(value) || record.image().id().startsWith(value);
      case "exited" -> Integer.toString(PsCommand.exitCode(container)).equals(value);
      default -> hasLabel(record.labels(), value);
    };
  }

  private static boolean hasLabel(Map<String, String> labels, String wanted) {
    int equals = wanted.indexOf('=');
    return equals < 0
        ? labels.containsKey(wanted)
        : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
  }
}
