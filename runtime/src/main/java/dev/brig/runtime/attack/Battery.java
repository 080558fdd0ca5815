package dev.brig.runtime.attack;

import dev.brig.linux.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// All attacks that brig knows, in the order in which they are run.
public final class Battery {
  private Battery() {}

  /// Returns the attacks for a kind of machine.
  public static List<Attack> attacks(Machine machine) {
    List<Attack> attacks = new ArrayList<>();
    attacks.addAll(RootAttacks.ALL);
    attacks.addAll(MountAttacks.ALL);
    attacks.addAll(FileAttacks.ALL);
    attacks.addAll(DeviceAttacks.ALL);
    attacks.addAll(ProcessAttacks.ALL);
    attacks.addAll(KernelAttacks.ALL);
    switch (machine) {
      case X86_64 -> attacks.addAll(KernelAttacks.ON_X86);
      case AARCH64 -> {}
    }
    attacks.addAll(CgroupAttacks.ALL);
    return List.copyOf(attacks);
  }

  /// Returns the files that attacks open: those of them that a machine lacks can't be attacked.
  public static Set<String> files() {
    return new TreeSet<>(FileAttacks.FILES);
  }
}
