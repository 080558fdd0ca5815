package dev.brig.runtime.container;

import dev.brig.cgroups.Cgroup;
import dev.brig.cgroups.KernelCgroupFs;
import dev.brig.linux.Kernel;
import java.nio.file.Path;
import java.util.List;

/// The cgroups of this machine.
public final class KernelCgroupControl implements CgroupControl {
  private static final long LIMIT_MILLIS = 10_000;

  private final Kernel kernel;

  /// Makes one that acts through this kernel.
  public KernelCgroupControl(Kernel kernel) {
    this.kernel = kernel;
  }

  @Override
  public void kill(List<Path> cgroups) {
    of(cgroups).kill();
  }

  @Override
  public void remove(List<Path> cgroups) {
    of(cgroups).remove(LIMIT_MILLIS);
  }

  @Override
  public void freeze(List<Path> cgroups) {
    of(cgroups).freeze(LIMIT_MILLIS);
  }

  @Override
  public void thaw(List<Path> cgroups) {
    of(cgroups).thaw(LIMIT_MILLIS);
  }

  @Override
  public boolean isFrozen(List<Path> cgroups) {
    return of(cgroups).isFrozen();
  }

  private Cgroup of(List<Path> cgroups) {
    return new Cgroup(new KernelCgroupFs(kernel), cgroups);
  }
}
