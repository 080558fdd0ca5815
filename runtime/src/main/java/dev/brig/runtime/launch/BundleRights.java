package dev.brig.runtime.launch;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cgroups.Resources;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Capability;
import dev.brig.linux.Identity;
import dev.brig.runtime.compile.Isolation;
import dev.brig.runtime.compile.ResourceTranslator;
import dev.brig.runtime.compile.SpecCompiler;
import dev.brig.runtime.spec.Spec;
import java.util.List;

/// What bundles ask for and an ordinary user, or a caller who wants no cgroups, can't have.
public final class BundleRights {
  private BundleRights() {}

  /// Returns the plan of a container that stays in its caller's cgroups.
  ///
  /// @throws UnsupportedException if it is to have a limit all the same
  public static CgroupPlan withoutCgroups(Spec spec) {
    Resources resources =
        ResourceTranslator.resources(spec.linux().resources()).withDevices(List.of());
    if (resources.pids().limit() <= 0) {
      resources = resources.with(Resources.Pids.NONE);
    }
    if (!resources.equals(Resources.NONE)) {
      throw new UnsupportedException(
          "/linux/resources", "without cgroups there are no limits", "leave them out");
    }
    return CgroupPlan.NONE;
  }

  /// Checks that a caller without the right to make namespaces makes a user namespace first.
  ///
  /// @throws UnsupportedException if not
  static void check(Spec spec, Identity caller) {
    boolean own = (SpecCompiler.namespaces(spec) & Isolation.CLONE_NEWUSER) != 0;
    if (!own && !caller.effective().contains(Capability.CAP_SYS_ADMIN)) {
      throw new UnsupportedException(
          "/linux/namespaces",
          "rootless container requires user namespaces",
          "add {\"type\": \"user\"} and mappings, as brig-oci spec --rootless does");
    }
  }

  /// Checks that a cgroup that is asked for by its path will be made.
  ///
  /// @throws UnsupportedException if not
  static void check(Spec spec, CgroupPlan plan) {
    if (!spec.linux().cgroupsPath().isEmpty() && plan.leaves().isEmpty()) {
      throw new UnsupportedException(
          "/linux/cgroupsPath " + spec.linux().cgroupsPath(),
          "there is no cgroup hierarchy in which this user may make it: permission denied",
          "leave it out: the container stays in its caller's cgroups then");
    }
  }
}
