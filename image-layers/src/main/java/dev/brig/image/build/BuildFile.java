package dev.brig.image.build;

import dev.brig.error.Spelling;
import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A build file: what stands before the first stage, and the stages.
///
/// @param globals the ARGs before the first FROM
/// @param stages the stages, at least one
/// @param escape the escape character
public record BuildFile(List<Instruction.Arg> globals, List<Stage> stages, char escape) {
  /// Copies the lists.
  public BuildFile {
    globals = List.copyOf(globals);
    stages = List.copyOf(stages);
  }

  /// Reads a build file.
  ///
  /// @param file its name, for messages
  /// @param text its contents
  /// @throws UsageException with file, line and the remedy, if it is not one
  public static BuildFile parse(String file, String text) {
    LineReader.Lines lines = LineReader.read(file, text);
    InstructionParser parser = new InstructionParser(lines.escape());
    List<Instruction.Arg> globals = new ArrayList<>();
    List<Stage> stages = new ArrayList<>();
    Instruction.From from = null;
    List<Instruction> body = new ArrayList<>();
    for (LogicalLine line : lines.lines()) {
      Instruction instruction = parser.parse(line);
      if (instruction instanceof Instruction.From next) {
        checkName(next, stages, from);
        if (from != null) {
          stages.add(new Stage(stages.size(), from, body));
          body.clear();
        }
        from = next;
      } else if (from != null) {
        body.add(instruction);
      } else if (instruction instanceof Instruction.Arg arg) {
        globals.add(arg);
      } else {
        throw line.place()
            .wrong(
                line.keyword().toUpperCase(Locale.ROOT) + " before the first FROM",
                "begin with FROM IMAGE or FROM scratch; only ARG may stand before it");
      }
    }
    if (from == null) {
      throw new UsageException(file, "it has no FROM", "begin with FROM IMAGE or FROM scratch");
    }
    stages.add(new Stage(stages.size(), from, body));
    return new BuildFile(globals, stages, lines.escape());
  }

  private static void checkName(
      Instruction.From next, List<Stage> stages, Instruction.@Nullable From last) {
    boolean taken =
        last != null && !next.name().isEmpty() && next.name().equalsIgnoreCase(last.name());
    for (Stage stage : stages) {
      taken |= !next.name().isEmpty() && next.name().equalsIgnoreCase(stage.from().name());
    }
    if (taken) {
      throw next.place()
          .wrong("there is a stage " + next.name() + " already", "give it another name");
    }
  }

  /// Returns the instruction that an image's ONBUILD has for this build.
  ///
  /// @param place the FROM that leads to it
  /// @param text the instruction as the image has it
  public static Instruction trigger(Place place, String text) {
    LineReader.Lines lines = LineReader.read(place.file(), text);
    if (lines.lines().size() != 1) {
      throw place.wrong("the image's ONBUILD is not one instruction: " + text, "");
    }
    LogicalLine line = lines.lines().getFirst();
    return new InstructionParser(lines.escape())
        .parse(new LogicalLine(place, line.text(), line.heredocs()));
  }

  /// Returns the stage that a name means, if there is one before the limit.
  ///
  /// @param name a stage's name or number
  /// @param before how many stages are looked at
  public Optional<Stage> stage(String name, int before) {
    for (Stage stage : stages.subList(0, before)) {
      if (stage.isCalled(name)) {
        return Optional.of(stage);
      }
    }
    return Optional.empty();
  }

  /// Returns the stage that the build is to end with.
  ///
  /// @param name what `--target` says, or empty for the last
  /// @throws UsageException if there is no such stage
  public Stage target(String name) {
    if (name.isEmpty()) {
      return stages.getLast();
    }
    return stage(name, stages.size())
        .orElseThrow(() -> {
          List<String> names = new ArrayList<>();
          for (Stage stage : stages) {
            if (!stage.from().name().isEmpty()) {
              names.add(stage.from().name());
            }
          }
          List<String> near = Spelling.near(name, names);
          return new UsageException(
              "--target " + name,
              "the build file has no such stage",
              near.isEmpty()
                  ? "its stages: "
                      + (names.isEmpty() ? "none has a name" : String.join(", ", names))
                  : "did you mean " + String.join(" or ", near) + "?");
        });
  }
}
