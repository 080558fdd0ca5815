package dev.brig.it;

import static java.util.Objects.requireNonNull;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.brig.linux.Errno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Holds what `brig explain --json` says against what strace saw.
///
/// The plan is executed as its text says, with the results that strace saw: every call of each of
/// the program's processes must be the one that the plan has there, with its arguments. A slot is
/// what the call returned that set it, so a descriptor must be the right one. Only what the kernel
/// writes to memory is not known; a branch on it may go either way, and the calls after it tell
/// which way it was.
final class PlanWalk {
  private static final long UNKNOWN = Long.MIN_VALUE + 1;
  private static final Pattern HOLE = Pattern.compile("<([^<>\"]+)>");

  private final List<JsonObject> steps = new ArrayList<>();
  private final List<String> handlers = new ArrayList<>();
  private final Map<String, Integer> labels = new HashMap<>();
  private final Set<String> slots = new HashSet<>();
  private final StraceLog log;
  private final Set<String> failed = new HashSet<>();
  private final Set<String> trying = new HashSet<>();
  private final Map<Long, Integer> reached = new HashMap<>();
  private final Map<Long, Set<String>> expected = new HashMap<>();
  private int matched;

  private PlanWalk(JsonArray plan, StraceLog log) {
    this.log = log;
    String handler = "";
    for (JsonElement element : plan) {
      JsonObject step = element.getAsJsonObject();
      String op = text(step, "op");
      if (op.equals("mark")) {
        labels.put(text(step, "label"), steps.size());
      } else if (op.equals("guard")) {
        handler = text(step, "label");
      }
      for (String member : List.of("target", "result")) {
        if (step.has(member)) {
          slots.add(text(step, member));
        }
      }
      steps.add(step);
      handlers.add(handler);
    }
  }

  /// Fails unless the calls that strace saw are those of the plan.
  ///
  /// @return the number of calls that were held against each other
  static int check(JsonArray plan, StraceLog log) {
    PlanWalk walk = new PlanWalk(plan, log);
    if (!walk.follow(new At(log.program(), 0, log.becameProgram()), new HashMap<>())) {
      throw new AssertionError(walk.report());
    }
    return walk.matched;
  }

  /// A process, the step that is next in it, and the call that is next in its log.
  private record At(long process, int step, int call) {
    At to(int next) {
      return new At(process, next, call);
    }
  }

  private String report() {
    StringBuilder report = new StringBuilder("strace saw other calls than explained:\n");
    for (Map.Entry<Long, Set<String>> entry : expected.entrySet()) {
      List<StraceLog.Call> calls = log.calls().getOrDefault(entry.getKey(), List.of());
      int at = reached.getOrDefault(entry.getKey(), 0);
      String made = at < calls.size() ? calls.get(at).text() : "nothing more";
      report.append("process ").append(entry.getKey()).append(" made  ").append(made).append('\n');
      for (String text : entry.getValue()) {
        report.append("  where the plan has   ").append(text).append('\n');
      }
    }
    return report.toString();
  }

  private boolean follow(At start, Map<String, Long> values) {
    At at = start;
    while (true) {
      JsonObject step = steps.get(at.step());
      switch (text(step, "op")) {
        case "call" -> {
          return call(at, step, values);
        }
        case "jump" -> at = at.to(place(step));
        case "branch" -> {
          long left = value(text(step, "left"), values);
          long right = value(text(step, "right"), values);
          if (left == UNKNOWN) {
            return either(at, place(step), values);
          }
          at = at.to(holds(left, text(step, "operator"), right) ? place(step) : at.step() + 1);
        }
        default -> {
          calculate(step, values);
          at = at.to(at.step() + 1);
        }
      }
    }
  }

  private boolean either(At at, int elsewhere, Map<String, Long> values) {
    String state = at + values.toString();
    // A way that comes back here without a call leads nowhere: it is being tried already.
    if (failed.contains(state) || !trying.add(state)) {
      return false;
    }
    boolean found =
        follow(at.to(elsewhere), new HashMap<>(values))
            || follow(at.to(at.step() + 1), new HashMap<>(values));
    trying.remove(state);
    if (!found) {
      failed.add(state);
    }
    return found;
  }

  private boolean call(At at, JsonObject step, Map<String, Long> values) {
    List<StraceLog.Call> calls = log.calls().getOrDefault(at.process(), List.of());
    if (at.call() == calls.size() && log.killed().contains(at.process())) {
      return true;
    }
    String text = StraceLog.plain(text(step, "text"));
    if (at.call() >= calls.size() || !matches(text, calls.get(at.call()).text(), values)) {
      note(at, text);
      return false;
    }
    StraceLog.Call made = calls.get(at.call());
    int before = matched++;
    boolean rest = goOn(at, step, made, values, calls.size());
    if (!rest) {
      matched = before;
    }
    return rest;
  }

  private boolean goOn(
      At at, JsonObject step, StraceLog.Call made, Map<String, Long> values, int calls) {
    String name = text(step, "call");
    boolean worked = made.errno().isEmpty();
    if (worked && name.startsWith("execve")) {
      return true;
    }
    if (name.equals("exit_group")) {
      return at.call() + 1 == calls;
    }
    At next = new At(at.process(), at.step() + 1, at.call() + 1);
    String result = text(step, "result");
    if (worked && name.startsWith("clone")) {
      Map<String, Long> child = new HashMap<>(values);
      child.put(result, 0L);
      if (!follow(new At(made.pid(), at.step() + 1, 0), child)) {
        return false;
      }
    }
    if (!worked) {
      values.put("failed step", step.get("number").getAsLong());
      values.put("failed errno", (long) Errno.valueOf(made.errno()).number());
    }
    values.put(result, worked ? made.result() : -Errno.valueOf(made.errno()).number());
    return follow(worked ? next : next.to(after(at, step, made.errno())), values);
  }

  /// Returns where the program goes on after an error.
  private int after(At at, JsonObject step, String errno) {
    JsonObject onError = step.getAsJsonObject("onError");
    boolean named =
        onError.has("errnos")
            && onError.getAsJsonArray("errnos").asList().stream()
                .anyMatch(element -> element.getAsString().equals(errno));
    return switch (text(onError, "action")) {
      case "ignore" -> at.step() + 1;
      case "tolerate" -> named ? at.step() + 1 : place(handlers.get(at.step()));
      case "divert" -> place(named ? text(onError, "label") : handlers.get(at.step()));
      default -> place(handlers.get(at.step()));
    };
  }

  private void note(At at, String text) {
    int furthest = reached.getOrDefault(at.process(), -1);
    if (at.call() > furthest) {
      reached.put(at.process(), at.call());
      expected.put(at.process(), new HashSet<>());
    }
    if (at.call() >= furthest) {
      expected.computeIfAbsent(at.process(), _ -> new HashSet<>()).add(text);
    }
  }

  /// Tells whether a call is the one of the plan, and learns from it what the plan leaves open.
  private boolean matches(String plan, String made, Map<String, Long> values) {
    StringBuilder pattern = new StringBuilder();
    List<String> open = new ArrayList<>();
    Matcher hole = HOLE.matcher(plan);
    int end = 0;
    while (hole.find()) {
      pattern.append(Pattern.quote(plan.substring(end, hole.start())));
      end = hole.end();
      String name = hole.group(1);
      long value =
          slots.contains(name) ? values.getOrDefault(name, 0L) : values.getOrDefault(name, UNKNOWN);
      if (value != UNKNOWN) {
        pattern.append(value);
      } else if (open.contains(name)) {
        pattern.append('\\').append(open.indexOf(name) + 1);
      } else {
        pattern.append(slots.contains(name) ? "(-?\\d+)" : "(.*?)");
        open.add(name);
      }
    }
    pattern.append(Pattern.quote(plan.substring(end)));
    Matcher matcher = Pattern.compile(pattern.toString(), Pattern.DOTALL).matcher(made);
    if (!matcher.matches()) {
      return false;
    }
    for (int i = 0; i < open.size(); i++) {
      learn(open.get(i), matcher.group(i + 1), values);
    }
    return true;
  }

  private void learn(String name, String text, Map<String, Long> values) {
    if (slots.contains(name)) {
      values.put(name, Long.parseLong(text));
    } else if (name.endsWith(" - 1")) {
      // A descriptor that brig opened: its number is chance, but the same ever after.
      String passed = name.substring(0, name.length() - 4);
      values.put(passed, Long.parseLong(text) + 1);
      values.put(passed + " + 1", Long.parseLong(text) + 2);
      slots.add(passed);
    } else if (text.matches("\\[\\d+(, \\d+)*\\]")) {
      String[] numbers = text.substring(1, text.length() - 1).split(", ", -1);
      if (name.startsWith("&")) {
        values.put(name.substring(1), Long.parseLong(numbers[0]));
      }
      for (int i = 0; i < numbers.length; i++) {
        values.put(name + "[" + 4 * i + "]", Long.parseLong(numbers[i]));
      }
    }
  }

  private static void calculate(JsonObject step, Map<String, Long> values) {
    switch (text(step, "op")) {
      case "assign" -> values.put(text(step, "target"), value(text(step, "value"), values));
      case "load" -> {
        String place = text(step, "buffer") + "[" + text(step, "offset") + "]";
        values.put(text(step, "target"), values.getOrDefault(place, UNKNOWN));
      }
      case "compute" -> {
        long left = value(text(step, "left"), values);
        long right = value(text(step, "right"), values);
        boolean known = left != UNKNOWN && right != UNKNOWN;
        String operator = text(step, "operator");
        values.put(text(step, "target"), known ? result(left, operator, right) : UNKNOWN);
      }
      default -> {}
    }
  }

  private static long result(long left, String operator, long right) {
    return switch (operator) {
      case "+" -> left + right;
      case "-" -> left - right;
      case "&" -> left & right;
      case "|" -> left | right;
      default -> UNKNOWN;
    };
  }

  private static boolean holds(long left, String operator, long right) {
    return switch (operator) {
      case "==" -> left == right;
      case "!=" -> left != right;
      case "<" -> left < right;
      case "<=" -> left <= right;
      case ">" -> left > right;
      case ">=" -> left >= right;
      default -> throw new AssertionError(operator);
    };
  }

  private static long value(String text, Map<String, Long> values) {
    return text.startsWith("<")
        ? values.getOrDefault(text.substring(1, text.length() - 1), 0L)
        : Long.parseLong(text);
  }

  private int place(JsonObject step) {
    return place(text(step, "label"));
  }

  private int place(String label) {
    return requireNonNull(labels.get(label), label);
  }

  private static String text(JsonObject object, String member) {
    return object.get(member).getAsString();
  }
}
