package dev.brig.cli.lab;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import java.util.List;
import java.util.Set;

/// `brig lab`: learn what isolation is made of, in a place where nothing can break.
public final class LabCommand implements Command<LabOption> {
  /// A claim was not proved, or a report is refused.
  static final int NOT_PASSED = 1;

  private static final Set<String> ALONE =
      Set.of("list", "next", "hint", "explain", "shell", "reset", "report");

  private final Context context;

  /// Makes the command.
  public LabCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<LabOption> syntax() {
    return new Syntax<>(
        "lab",
        "Learn what isolation is made of: labs that check themselves.",
        List.of(LabOption.values()),
        Operands.atLeast(0, "DO [ARG...]"),
        List.of(
            "",
            "  list            the labs, and what each lacks on this machine",
            "  start LAB       begin one: what it is about, and the first claim",
            "  shell           a shell in the lab's capsule, where brig is at hand",
            "  check [ANSWER]  prove the claim; the answer to its question, if it has one",
            "  hint, explain   what helps; why it is so",
            "  next            the next claim",
            "  reset           leave the lab; what was recorded stays",
            "  report          what was done, as JSON that can't be edited unnoticed",
            "  grade FILE...   verify reports; a line each",
            "",
            "Each lab takes place in a capsule: a container that plays the host, with",
            "namespaces and limits of its own. A claim passes if it is proved and does not",
            "hold in the negative control. The exit status is 0 if all passed that were",
            "possible, else 1. docs/teaching.md tells how to write labs.",
            "",
            "Examples:",
            "  brig lab --auto              all labs, unattended",
            "  brig lab --auto 1 5          these two",
            "  brig lab start 1             docs/labs.md goes through an afternoon of them"));
  }

  @Override
  public int run(Reading.Arguments<LabOption> arguments) {
    String path = arguments.value(LabOption.FILE, "");
    LabShelf shelf = path.isEmpty() ? LabShelf.own() : LabShelf.in(path);
    if (arguments.has(LabOption.AUTO)) {
      return new Unattended(context, shelf).run(arguments);
    }
    List<String> words = arguments.operands();
    if (words.isEmpty()) {
      throw new UsageException("", "missing what to do", "brig lab --help lists it");
    }
    List<String> rest = words.subList(1, words.size());
    if (!rest.isEmpty() && ALONE.contains(words.getFirst())) {
      throw new UsageException(
          "lab " + words.getFirst(), "takes nothing more: " + rest.getFirst(), "leave it out");
    }
    Desk desk = new Desk(context);
    String student = arguments.value(LabOption.STUDENT, "");
    if (!student.isEmpty()) {
      desk.keepStudent(student);
    }
    Lesson lesson = new Lesson(context, shelf);
    return switch (words.getFirst()) {
      case "list" -> {
        context.out().print(arguments.has(LabOption.JSON) ? json(shelf) : list(shelf));
        yield ExitCodes.SUCCESS;
      }
      case "start" -> lesson.start(one(rest, "start"));
      case "next" -> lesson.next();
      case "hint" -> lesson.hint();
      case "check" -> lesson.check(String.join(" ", rest));
      case "explain" -> lesson.explain();
      case "shell" -> lesson.shell();
      case "reset" -> lesson.reset();
      case "report" -> report(desk, arguments.value(LabOption.OUTPUT, ""));
      case "grade" -> new Grading(context, shelf).grade(rest, arguments);
      default ->
          throw new UsageException(
              "lab " + words.getFirst(),
              "there is no such thing to do",
              "brig lab --help lists it");
    };
  }

  private int report(Desk desk, String path) {
    Report report = desk.report(desk.student());
    if (report.entries().isEmpty()) {
      throw new UsageException(
          "lab report",
          report.student() + " has checked nothing",
          "brig lab check; --student NAME is for all that follows");
    }
    Output.write(context, report, path);
    return ExitCodes.SUCCESS;
  }

  private static String one(List<String> rest, String verb) {
    if (rest.size() != 1) {
      throw new UsageException("lab " + verb, "takes one lab", "brig lab list shows them");
    }
    return rest.getFirst();
  }

  private String list(LabShelf shelf) {
    Table table = new Table("LAB", "TITLE", "COURSE", "HERE");
    Needs needs = new Needs(context);
    for (Lab lab : shelf.all()) {
      String missing = needs.missing(lab);
      table.add(
          lab.id(), lab.title(), lab.pack(), missing.isEmpty() ? "possible" : "lacks " + missing);
    }
    return table.text();
  }

  private String json(LabShelf shelf) {
    Needs needs = new Needs(context);
    Json json = new Json().beginArray();
    for (Lab lab : shelf.all()) {
      json.beginObject()
          .property("lab", lab.id())
          .property("title", lab.title())
          .property("course", lab.pack())
          .property("missing", needs.missing(lab))
          .property("steps", lab.steps().size())
          .endObject();
    }
    return json.endArray().text();
  }
}
