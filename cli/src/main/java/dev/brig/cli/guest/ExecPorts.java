package dev.brig.cli.guest;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Fd;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.compile.GuestExecSteps;
import dev.brig.runtime.compile.MachineExecPlanner;
import dev.brig.runtime.container.Container;
import java.util.HashSet;
import java.util.Set;

/// The ports of a virtual machine for further commands, in slots of several.
///
/// A slot is taken by whoever holds the lock on its file in the container's directory. Its ports
/// are added to the machine when the first command needs them, and serve those that follow.
final class ExecPorts {
  private final Context context;
  private final Container container;

  ExecPorts(Context context, Container container) {
    this.context = context;
    this.container = container;
  }

  /// A slot that is taken.
  ///
  /// @param number its number
  /// @param lock the descriptor that keeps it
  record Slot(int number, Fd lock) {}

  /// Takes a slot that is free.
  ///
  /// @throws UnsupportedException if there is none
  Slot take() {
    for (int slot = 0; slot < GuestExecSteps.SLOTS; slot++) {
      Fd lock = open(slot);
      if (context.kernel().files().tryLock(lock, Lock.EXCLUSIVE)) {
        return new Slot(slot, lock);
      }
      lock.close();
    }
    throw new UnsupportedException(
        "exec in " + container.name(),
        GuestExecSteps.SLOTS + " commands run in this machine beside its own, and no more can",
        "wait for the end of one, or brig exec -d");
  }

  private Fd open(int slot) {
    String file = container.paths().directory().resolve("exec-" + slot).toString();
    OpenFlag[] flags = {OpenFlag.O_RDWR, OpenFlag.O_CREAT, OpenFlag.O_NOFOLLOW};
    return context.kernel().files().openat(Fd.CWD, file, 0600, flags);
  }

  /// Adds the ports of a slot to the machine, unless it has them.
  void add(Qmp qmp, int slot) {
    Set<String> channels = names(qmp.execute("query-chardev"), "label");
    Set<String> devices = names(qmp.execute("qom-list", "path", "/machine/peripheral"), "name");
    for (int place = 0; place < GuestExecSteps.SLOT_PORTS; place++) {
      String name = MachineExecPlanner.socket(slot, place);
      if (!channels.contains(name)) {
        var _ = qmp.execute("chardev-add", channel(name));
      }
      if (!devices.contains(name)) {
        var _ = qmp.execute("device_add", device(name, GuestExecSteps.port(slot, place)));
      }
    }
  }

  private static JsonObject channel(String name) {
    JsonObject address = new JsonObject();
    address.addProperty("type", "unix");
    JsonObject path = new JsonObject();
    path.addProperty("path", name);
    address.add("data", path);
    JsonObject socket = new JsonObject();
    socket.add("addr", address);
    socket.addProperty("server", true);
    socket.addProperty("wait", false);
    JsonObject backend = new JsonObject();
    backend.addProperty("type", "socket");
    backend.add("data", socket);
    JsonObject channel = new JsonObject();
    channel.addProperty("id", name);
    channel.add("backend", backend);
    return channel;
  }

  private static JsonObject device(String name, int number) {
    JsonObject device = new JsonObject();
    device.addProperty("driver", "virtserialport");
    device.addProperty("id", name);
    device.addProperty("chardev", name);
    device.addProperty("nr", number);
    return device;
  }

  private static Set<String> names(JsonObject answer, String member) {
    Set<String> names = new HashSet<>();
    for (JsonElement element : answer.getAsJsonArray("return")) {
      names.add(element.getAsJsonObject().get(member).getAsString());
    }
    return names;
  }

  /// Takes all ports for further commands away from the machine.
  ///
  /// @param action what is to be done with it, for messages
  /// @throws UnsupportedException if a command runs that has some
  void remove(Qmp qmp, String action) {
    Set<String> channels = names(qmp.execute("query-chardev"), "label");
    Set<String> devices = names(qmp.execute("qom-list", "path", "/machine/peripheral"), "name");
    for (int slot = 0; slot < GuestExecSteps.SLOTS; slot++) {
      if (channels.contains(MachineExecPlanner.socket(slot, 0))) {
        try (Fd lock = open(slot)) {
          if (!context.kernel().files().tryLock(lock, Lock.EXCLUSIVE)) {
            throw new UnsupportedException(
                action + " " + container.name(),
                "a command of brig exec runs in it, and would lose what it reads and writes",
                "wait for its end");
          }
        }
        for (int place = 0; place < GuestExecSteps.SLOT_PORTS; place++) {
          String name = MachineExecPlanner.socket(slot, place);
          if (devices.contains(name)) {
            var _ = qmp.execute("device_del", "id", name);
          }
          if (channels.contains(name)) {
            removeChannel(qmp, name);
          }
        }
      }
    }
  }

  /// A device lets go of its channel some time after it is gone.
  private static void removeChannel(Qmp qmp, String name) {
    for (int attempt = 1; ; attempt++) {
      try {
        var _ = qmp.execute("chardev-remove", "id", name);
        return;
      } catch (UnsupportedException e) {
        if (attempt == LiveMachine.ATTEMPTS) {
          throw e;
        }
        LiveMachine.pause();
      }
    }
  }
}
