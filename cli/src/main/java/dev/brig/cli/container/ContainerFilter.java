package dev.brig.cli.container;

import dev.brig.cli.command.CommonOption;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.value.Wrong;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.ContainerStatus;
import dev.brig.runtime.container.ExitRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

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

  /// Tells whether there is a filter by status, or by how they ended, which takes the place of
  /// "only running ones".
  boolean hasStatus() {
    return conditions.stream()
        .map(Condition::key)
        .anyMatch(key -> key.equals("status") || key.equals("exited"));
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
        yield checked(text, new Condition(key, text.substring(equals + 1)));
      }
      default ->
          throw Wrong.value(
              "--filter",
              text,
              "the key must be one of name, id, status, label, ancestor and exited");
    };
  }

  private static Condition checked(String text, Condition condition) {
    switch (condition.key()) {
      case "name" -> {
        try {
          var _ = Pattern.compile(condition.value());
        } catch (PatternSyntaxException e) {
          throw Wrong.value(
              "--filter", text, "not a regular expression: " + e.getDescription().strip());
        }
      }
      case "status" -> {
        List<String> words = new ArrayList<>();
        for (ContainerStatus status : ContainerStatus.values()) {
          words.add(status.text());
        }
        if (!words.contains(condition.value())) {
          throw Wrong.value(
              "--filter", text, "the status must be one of " + String.join(", ", words));
        }
      }
      default -> {}
    }
    return condition;
  }

  private static boolean matches(Container container, Condition condition) {
    ContainerRecord record = container.record();
    String value = condition.value();
    return switch (condition.key()) {
      case "name" -> Pattern.compile(value).matcher(record.name()).find();
      case "id" -> record.id().text().startsWith(value);
      case "status" -> container.status().text().equals(value);
      case "ancestor" ->
          record.image().reference().equals(value) || record.image().id().startsWith(value);
      case "exited" -> hasEnded(container, value);
      default -> hasLabel(record.labels(), value);
    };
  }

  private static boolean hasEnded(Container container, String wanted) {
    ExitRecord exit = container.exit();
    return exit != null && Integer.toString(exit.exitCode()).equals(wanted);
  }

  private static boolean hasLabel(Map<String, String> labels, String wanted) {
    int equals = wanted.indexOf('=');
    return equals < 0
        ? labels.containsKey(wanted)
        : wanted.substring(equals + 1).equals(labels.get(wanted.substring(0, equals)));
  }
}
