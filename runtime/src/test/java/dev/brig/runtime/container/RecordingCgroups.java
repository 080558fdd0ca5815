package dev.brig.runtime.container;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Cgroups that only write down what is done to them.
final class RecordingCgroups implements CgroupControl {
  final List<String> calls = new ArrayList<>();
  private boolean frozen;

  @Override
  public void kill(List<Path> cgroups) {
    calls.add("kill " + cgroups);
  }

  @Override
  public void remove(List<Path> cgroups) {
    calls.add("remove " + cgroups);
  }

  @Override
  public void freeze(List<Path> cgroups) {
    calls.add("freeze " + cgroups);
    frozen = true;
  }

  @Override
  public void thaw(List<Path> cgroups) {
    calls.add("thaw " + cgroups);
    frozen = false;
  }

  @Override
  public boolean isFrozen(List<Path> cgroups) {
    return frozen;
  }
}
