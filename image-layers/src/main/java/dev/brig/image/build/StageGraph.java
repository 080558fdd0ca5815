package dev.brig.image.build;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Which stages a build needs.
public final class StageGraph {
  private StageGraph() {}

  /// Returns the stages that a stage is made from, and itself last, in the order of the file.
  ///
  /// @param file the build file
  /// @param target the stage to end with
  /// @param globals the variables of the ARGs before the first FROM
  public static List<Stage> needed(BuildFile file, Stage target, Variables globals) {
    TreeSet<Integer> needed = new TreeSet<>(List.of(target.index()));
    for (int i = target.index(); i >= 0; i--) {
      if (needed.contains(i)) {
        for (String name : names(file, file.stages().get(i), globals)) {
          file.stage(name, i).ifPresent(stage -> needed.add(stage.index()));
          if (name.indexOf('$') >= 0) {
            // Known only when the stage is built.
            file.stages().subList(0, i).forEach(stage -> needed.add(stage.index()));
          }
        }
      }
    }
    List<Stage> stages = new ArrayList<>();
    needed.forEach(index -> stages.add(file.stages().get(index)));
    return stages;
  }

  private static List<String> names(BuildFile file, Stage stage, Variables globals) {
    List<String> names = new ArrayList<>();
    names.add(StageEvaluator.base(stage.from(), globals, file.escape()));
    for (Instruction instruction : stage.instructions()) {
      if (instruction instanceof Instruction.Copy copy) {
        names.add(copy.options().from());
      } else if (instruction instanceof Instruction.Run run) {
        for (String mount : run.mounts()) {
          for (String part : mount.split(",", -1)) {
            if (part.startsWith("from=")) {
              names.add(part.substring(5));
            }
          }
        }
      }
    }
    return names;
  }
}
