package dev.brig.cli.guest;

import dev.brig.cli.bundle.Monitor;
import dev.brig.cli.command.Context;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecReader;
import dev.brig.runtime.spec.User;
import java.util.ArrayList;
import java.util.List;

/// Runs further processes in gVisor's guests: a process of the host's asks the guest's kernel for
/// them.
public final class GuestExec {
  private final Context context;

  /// Makes one.
  public GuestExec(Context context) {
    this.context = context;
  }

  /// Returns the configuration of what runs in a container's guest.
  public static Spec inside(Container container) {
    return SpecReader.read(container.paths().directory().resolve(Monitor.GUEST));
  }

  /// Returns the process beside the one that runs the guest which asks for another in it.
  ///
  /// @param container the guest's
  /// @param outside the configuration of the process that runs the guest
  /// @param process what is to run in the guest
  public Process through(Container container, Spec outside, Process process) {
    Guests guests = new Guests(context);
    List<String> words = new ArrayList<>(List.of("exec", "--cwd", process.cwd()));
    User user = process.user();
    words.addAll(List.of("--user", user.uid() + ":" + user.gid()));
    for (String variable : process.env()) {
      words.addAll(List.of("--env", variable));
    }
    words.add(container.id().text());
    words.addAll(process.args());
    String directory = guests.monitor(container.id()).directory();
    List<String> command =
        guests.gvisor().command(directory, Monitor.Gvisor.network(outside), words);
    Process monitor = outside.process();
    return (monitor == null ? Process.builder().build() : monitor)
        .toBuilder().terminal(process.terminal()).args(command).build();
  }
}
