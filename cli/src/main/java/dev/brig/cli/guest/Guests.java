package dev.brig.cli.guest;

import dev.brig.cli.bundle.Bundle;
import dev.brig.cli.bundle.BundleFacts;
import dev.brig.cli.bundle.Monitor;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import dev.brig.image.Image;
import dev.brig.linux.Capability;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
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
  /// @param options the same, in the words of the options
  /// @param image what it is made from
  /// @param facts what the guest's bundle was made from
  /// @throws UnsupportedException if what runs such guests is not here, or doesn't work here
  public Bundle around(Bundle guest, RunOptions options, Image image, BundleFacts facts) {
    ContainerId id = new ContainerId(facts.id());
    return switch (options.isolation().degree()) {
      case GVISOR -> {
        Monitor.Gvisor gvisor = gvisor();
        Spec known =
            new GvisorCapabilities(context, gvisor.program())
                .known(guest.spec(), options.security());
        Bundle inside = new Bundle(known, known, guest.files(), guest.volumes());
        yield monitor(id).around(inside, facts.places().containerDirectory(), gvisor, facts.id());
      }
      case VM ->
          new VirtualMachine(context)
              .around(guest, options, image, monitor(id), facts.places().containerDirectory());
      case BARE, CHROOT, NAMESPACES, CONTAINER -> guest;
    };
  }

  /// Makes what a container's guest starts from, before each start.
  public void prepare(ContainerRecord record, ContainerPaths paths) {
    if (record.degree() == Degree.VM) {
      new VirtualMachine(context).prepare(paths);
    }
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

  /// Returns the kernel that virtual machines boot which were not told of another.
  ///
  /// @throws UnsupportedException if there is none
  public Path kernel() {
    return new Kernels(context).choose("").image();
  }

  /// Tells whether virtual machines here are emulated in software: what they take says nothing
  /// about virtual machines that the processor helps.
  public boolean areEmulated() {
    try {
      return new QemuProbe(context, new Kernels(context).choose("")).qemu().isEmulated();
    } catch (UnsupportedException _) {
      // There are none; ignored: whoever starts one says why.
      return false;
    }
  }

  /// Returns where the kernels are that brig got; the directory need not be there.
  public Path kernels() {
    return new Kernels(context).directory();
  }

  /// Returns gVisor's runtime.
  ///
  /// @throws UnsupportedException if it is not here, or doesn't work here
  public Monitor.Gvisor gvisor() {
    return new GvisorProbe(context).gvisor();
  }
}
