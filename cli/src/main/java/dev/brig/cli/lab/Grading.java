package dev.brig.cli.lab;

import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Reading;
import dev.brig.error.UsageException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Verifies reports.
final class Grading {
  private final Context context;
  private final Map<String, Lab> labs = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();

  /// Makes a grading.
  ///
  /// @param shelf the labs that reports may be of, beside brig's own
  Grading(Context context, LabShelf shelf) {
    this.context = context;
    for (LabShelf each : List.of(LabShelf.own(), shelf)) {
      each.all().forEach(lab -> labs.put(lab.digest(), lab));
    }
  }

  /// A report with what is wrong with it.
  private record Grade(String file, Report report, String flaw, Map<String, String> steps) {
    long count(Outcome.Verdict verdict) {
      return steps.values().stream().filter(verdict.text()::equals).count();
    }
  }

  /// Verifies the reports in these files and directories.
  ///
  /// @return 1 if one is refused
  int grade(List<String> paths, Reading.Arguments<LabOption> arguments) {
    if (paths.isEmpty()) {
      throw new UsageException("lab grade", "missing FILE", "brig lab report -o FILE makes one");
    }
    List<Grade> grades = new ArrayList<>();
    for (Path file : files(paths)) {
      grades.add(grade(file));
    }
    context
        .out()
        .print(
            arguments.has(LabOption.JSON)
                ? json(grades)
                : arguments.has(LabOption.CSV) ? csv(grades) : table(grades));
    boolean sound = grades.stream().allMatch(grade -> grade.flaw().isEmpty());
    return sound ? ExitCodes.SUCCESS : LabCommand.NOT_PASSED;
  }

  private static List<Path> files(List<String> paths) {
    List<Path> files = new ArrayList<>();
    for (String path : paths) {
      Path file = Path.of(path);
      if (Files.isDirectory(file)) {
        try (Stream<Path> inside = Files.list(file)) {
          inside.filter(each -> each.toString().endsWith(".json")).sorted().forEach(files::add);
        } catch (IOException e) {
          throw unreadable(path, e);
        }
      } else {
        files.add(file);
      }
    }
    return files;
  }

  private Grade grade(Path file) {
    Report report;
    try {
      report = Report.parse(file.toString(), Files.readString(file));
    } catch (CharacterCodingException | UsageException _) {
      // One that is none must not keep the others of a course from their grades.
      Report none = new Report("", "", List.of());
      return new Grade(file.toString(), none, file + " is no report of brig lab", Map.of());
    } catch (IOException e) {
      throw unreadable(file.toString(), e);
    }
    String flaw = report.flaw().or(() -> ofOtherLabs(report)).orElse("");
    Map<String, String> steps = new TreeMap<>();
    for (Entry entry : report.entries()) {
      // The best of several attempts counts.
      String step = entry.lab() + "." + entry.step();
      if (!Outcome.Verdict.PASSED.text().equals(steps.get(step))) {
        steps.put(step, entry.verdict());
      }
      String owner = owners.putIfAbsent(entry.nonce(), file.toString());
      if (owner != null && !owner.equals(file.toString()) && flaw.isEmpty()) {
        flaw = "entry of lab " + entry.lab() + " has a secret of " + owner;
      }
    }
    return new Grade(file.toString(), report, flaw, steps);
  }

  /// Returns which entry is of no lab that is known here, or of another text of it.
  private Optional<String> ofOtherLabs(Report report) {
    for (int i = 0; i < report.entries().size(); i++) {
      Entry entry = report.entries().get(i);
      String which = "entry " + (i + 1) + " (lab " + entry.lab() + ")";
      Lab lab = labs.get(entry.labDigest());
      if (lab == null
          || !lab.id().equals(entry.lab())
          || entry.step() < 1
          || entry.step() > lab.steps().size()) {
        return Optional.of(which + " is of a lab that is not known here; --file names more");
      }
      String answer = lab.steps().get(entry.step() - 1).answer();
      if (!entry.expected().equals(answer.replace(LabFile.NONCE, entry.nonce()))) {
        return Optional.of(which + " has a question of its own");
      }
    }
    return Optional.empty();
  }

  private static UsageException unreadable(String path, IOException e) {
    String why = e instanceof NoSuchFileException ? "there is no such file" : "cannot be read";
    return new UsageException(path, why, "");
  }

  private static String table(List<Grade> grades) {
    Table table = new Table("STUDENT", "REPORT", "PASSED", "FAILED", "INCONCLUSIVE", "WHY");
    for (Grade grade : grades) {
      table.add(
          grade.report().student(),
          grade.flaw().isEmpty() ? "sound" : "refused",
          Long.toString(grade.count(Outcome.Verdict.PASSED)),
          Long.toString(grade.count(Outcome.Verdict.FAILED)),
          Long.toString(grade.count(Outcome.Verdict.INCONCLUSIVE)),
          grade.flaw());
    }
    return table.text();
  }

  private static String csv(List<Grade> grades) {
    StringBuilder text = new StringBuilder("student,file,report,passed,failed,inconclusive,why\n");
    for (Grade grade : grades) {
      text.append(quoted(grade.report().student())).append(',');
      text.append(quoted(grade.file())).append(',');
      text.append(grade.flaw().isEmpty() ? "sound" : "refused").append(',');
      text.append(grade.count(Outcome.Verdict.PASSED)).append(',');
      text.append(grade.count(Outcome.Verdict.FAILED)).append(',');
      text.append(grade.count(Outcome.Verdict.INCONCLUSIVE)).append(',');
      text.append(quoted(grade.flaw())).append('\n');
    }
    return text.toString();
  }

  // RFC 4180.
  private static String quoted(String text) {
    return "\"" + text.replace("\"", "\"\"") + "\"";
  }

  private static String json(List<Grade> grades) {
    Json json = new Json().beginArray();
    for (Grade grade : grades) {
      json.beginObject()
          .property("student", grade.report().student())
          .property("file", grade.file())
          .property("report", grade.flaw().isEmpty() ? "sound" : "refused")
          .property("why", grade.flaw())
          .property("steps", grade.steps())
          .endObject();
    }
    return json.endArray().text();
  }
}
