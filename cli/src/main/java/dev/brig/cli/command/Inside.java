package dev.brig.cli.command;

import dev.brig.linux.Fd;
import dev.brig.runtime.compile.Unsharing;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.launch.OwnNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The way into the caller's own user namespace, for commands that make, read or remove files of
/// several ids, or mount. Brig is executed there anew with the same words, as root of the
/// namespace, and this process's place in the world (pid, terminal, standard streams) is the new
/// one's. Such a command goes there before it does anything else.
public final class Inside {
  /// Set for a brig that is inside: the caller's own user id.
  static final String VARIABLE = "BRIG_USERNS";

  private static final String HELD_VARIABLE = "BRIG_USERNS_ROOT";

  private final Context context;

  Inside(Context context) {
    this.context = context;
  }

  /// Goes inside if there are more ids there. Returns if brig is there already, or if nothing is to
  /// be had there: for root, and for a user without ranges in /etc/subuid.
  public void enter() {
    if (hasMoreIds()) {
      throw go();
    }
  }

  /// Goes inside also if there are no more ids there: an ordinary user can mount nowhere else.
  public void enterToMount() {
    if (!isHere() && context.isRootless()) {
      throw go();
    }
  }

  /// Goes inside as [#enterToMount] does, and takes the root of a running container along, which
  /// cannot be opened from there: [#heldRoots].
  ///
  /// @param name what the user calls the container
  public void enterToReach(String name) {
    if (isHere() || !context.isRootless()) {
      return;
    }
    Container container = context.containers().find(name);
    if (!container.status().isAlive()) {
      throw go();
    }
    context.out().flush();
    List<String> held = new ArrayList<>(environment());
    held.add(HELD_VARIABLE + "=" + container.id().text());
    String root = "/proc/" + container.processes().initPid() + "/root";
    throw namespace().becomeHolding(again(), held, root);
  }

  /// Returns the roots of running containers that were opened before this brig went inside.
  public Map<ContainerId, Fd> heldRoots() {
    String id = context.environment().getOrDefault(HELD_VARIABLE, "");
    return id.isEmpty() ? Map.of() : Map.of(new ContainerId(id), Fd.borrowed(Unsharing.ROOT_FD));
  }

  private RuntimeException go() {
    context.out().flush();
    return namespace().become(again(), environment(), List.of());
  }

  private List<String> again() {
    List<String> command = context.self();
    command.addAll(context.options().words());
    return command;
  }

  /// Runs a command of brig inside, to its end.
  ///
  /// @param words the command's name and what follows it
  /// @return its exit status
  public int run(String... words) {
    List<String> command = context.self();
    command.addAll(List.of(words));
    context.out().flush();
    return namespace().run(command, environment());
  }

  /// Tells whether brig is outside, and the caller has more ids inside.
  public boolean hasMoreIds() {
    return !isHere() && namespace().hasMoreIds();
  }

  /// Tells whether this brig is inside: started there by another, or in a user namespace of
  /// somebody else's whose root it is.
  public boolean isHere() {
    return !context.environment().getOrDefault(VARIABLE, "").isEmpty()
        || context.host().identity().isRootOfItsNamespace();
  }

  /// Returns the namespace.
  public OwnNamespace namespace() {
    return new OwnNamespace(context.kernel(), context.host(), context.self());
  }

  /// Returns the caller's environment, with the mark of a brig inside.
  public List<String> environment() {
    List<String> all = new ArrayList<>();
    for (Map.Entry<String, String> entry : context.environment().entrySet()) {
      all.add(entry.getKey() + "=" + entry.getValue());
    }
    if (!isHere()) {
      all.add(VARIABLE + "=" + Integer.toUnsignedString(context.host().identity().euid()));
    }
    return all;
  }
}
