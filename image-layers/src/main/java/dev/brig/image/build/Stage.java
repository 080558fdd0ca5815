package dev.brig.image.build;

import java.util.List;

/// A part of a build file that makes one image.
///
/// @param index its number, from 0
/// @param from how it begins
/// @param instructions what follows
public record Stage(int index, Instruction.From from, List<Instruction> instructions) {
  /// Copies the list.
  public Stage {
    instructions = List.copyOf(instructions);
  }

  /// Tells whether a name in a FROM, `--from` or `--target` means this stage.
  public boolean isCalled(String name) {
    return (name.equalsIgnoreCase(from.name()) && !name.isEmpty())
        || name.equals(Integer.toString(index));
  }
}
