package dev.brig.cli.guest;

import dev.brig.cli.bundle.Bundle;
import dev.brig.cli.bundle.BundleFacts;
import dev.brig.cli.bundle.Monitor;
import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Capability;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.container.Degree;
import java.util.ArrayList;
import java.util.List;

/// Has containers run in guests.
public final class Guests {
  private final Context context;

  /// Makes one.
  public Guests(Context context) {
    this.context = context;
  }

  /// Returns the bundle of the process that runs a bundle in a guest.
  ///
  /// @param guest what the user asked for
  /// @param degree which kind of guest
  /// @param facts what the guest's bundle was made from
  /// @throws UnsupportedException if what runs such guests is not here, or doesn't work here
  public Bundle around(Bundle guest, Degree degree, BundleFacts facts) {
    ContainerId id = new ContainerId(facts.id());
    return switch (degree) {
      case GVISOR ->
          monitor(id).around(guest, facts.places().containerDirectory(), gvisor(), facts.id());
      case VM ->
          throw new UnsupportedException(
              "--isolation vm", "brig has no virtual machines yet", "take --isolation gvisor");
      case BARE, CHROOT, NAMESPACES, CONTAINER -> guest;
    };
  }

  /// Returns the process of the host's that runs a container's guest.
  public Monitor monitor(ContainerId id) {
    List<String> capabilities = new ArrayList<>();
    for (Capability capability : Capability.values()) {
      if (context.host().identity().effective().contains(capability)) {
        capabilities.add(capability.name());
      }
    }
    return new Monitor(context.paths().of(id).run().toString(), capabilities);
  }

  /// Returns gVisor's runtime.
  ///
  /// @throws UnsupportedException if it is not here, or doesn't work here
  public Monitor.Gvisor gvisor() {
    return new GvisorProbe(context).gvisor();
  }
}
