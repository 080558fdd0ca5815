package dev.brig.cli.guest;

import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.runtime.compile.GuestPlanner.Network;
import dev.brig.runtime.compile.Keeper;
import dev.brig.runtime.launch.GuestShares;
import dev.brig.runtime.spec.LinuxCpu;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.util.ArrayList;
import java.util.List;

/// The emulator of virtual machines, and what it is told.
///
/// @param program where it is
/// @param accelerator `kvm`, or `tcg` for emulation in software
/// @see <a href="https://www.qemu.org/docs/master/system/invocation.html">its manual</a>
record Qemu(String program, String accelerator) {
  /// A machine without what a guest of brig's does not need; nothing says where its devices are.
  static final String MICROVM = "microvm";

  /// What the port is called on which a machine tells how its command has ended.
  static final String STATUS = "status";

  private static final String EMULATION = "tcg,thread=multi";
  private static final List<String> MACHINES = List.of(MICROVM, "pc", "q35");
  private static final int MICROVM_PLACES = 8;
  private static final int PLACES_ADDRESS = 0xfeb00000;
  private static final int PLACE_BYTES = 0x200;
  private static final int FIRST_INTERRUPT = 5;
  private static final long MIB = 1 << 20;
  private static final long MEMORY_MIB = 512;

  /// Tells whether a command emulates the processor.
  static boolean emulates(List<String> command) {
    return command.contains(EMULATION);
  }

  /// Tells whether the processor does not help.
  boolean isEmulated() {
    return accelerator.equals("tcg");
  }

  /// What a machine has beside its console.
  ///
  /// @param disks the files of its disks, in order
  /// @param shares how many directories of the host it is shown
  /// @param network whether it reaches what the host does
  record Devices(List<String> disks, int shares, Network network) {
    Devices {
      disks = List.copyOf(disks);
    }

    /// Returns how many there are, the console among them.
    int count() {
      return disks.size() + shares + (network == Network.USER ? 1 : 0) + 1;
    }
  }

  /// Returns the type of a machine.
  ///
  /// @param asked what `--machine` says, or empty for one that every kernel boots on
  /// @param devices what it has
  /// @throws UsageException if there is no such type, or it has no room for so many
  static String machine(String asked, Devices devices) {
    if (asked.isEmpty()) {
      return "pc";
    }
    if (!MACHINES.contains(asked)) {
      throw new UsageException("--machine " + asked, "no such type", "one of " + MACHINES);
    }
    if (asked.equals(MICROVM) && devices.count() > MICROVM_PLACES) {
      throw new UsageException(
          "--machine microvm",
          "it has room for "
              + MICROVM_PLACES
              + " devices, and layers, volumes, network and console are "
              + devices.count(),
          "take --machine q35");
    }
    return asked;
  }

  /// Returns the modules that a guest on a machine needs.
  static List<String> drivers(String machine, Devices devices) {
    List<String> drivers = new ArrayList<>();
    drivers.add(machine.equals(MICROVM) ? "virtio_mmio" : "virtio_pci");
    drivers.addAll(List.of("virtio_blk", "virtio_console", "erofs", "overlay"));
    if (devices.shares() > 0) {
      drivers.add("virtiofs");
    }
    if (devices.network() == Network.USER) {
      drivers.add("virtio_net");
    }
    return drivers;
  }

  /// Returns the parameters of a module: where the devices are that nothing else tells of.
  static String parameters(String machine, String module, Devices devices) {
    if (!machine.equals(MICROVM) || !module.equals("virtio_mmio")) {
      return "";
    }
    StringBuilder parameters = new StringBuilder();
    for (int place = MICROVM_PLACES - 1; place >= MICROVM_PLACES - devices.count(); place--) {
      parameters
          .append("device=512@0x")
          .append(Integer.toHexString(PLACES_ADDRESS + place * PLACE_BYTES))
          .append(':')
          .append(FIRST_INTERRUPT + place)
          .append(' ');
    }
    return parameters.toString().strip();
  }

  /// Returns the command that runs a machine whose console is this process's streams.
  ///
  /// @param devices what the machine has
  /// @param initrd what it boots from, below the directory that it is run in
  /// @param spec what runs in it
  List<String> command(
      GuestKernel kernel, String machine, Devices devices, String initrd, Spec spec) {
    boolean small = machine.equals(MICROVM);
    String bus = small ? "device" : "pci";
    List<String> words = new ArrayList<>();
    Process process = spec.process();
    boolean terminal = process != null && process.terminal();
    String errors = "/proc/self/fd/" + (terminal ? 2 : Keeper.ERRORS_FD);
    words.addAll(boot(machine, kernel, initrd, errors));
    long memory = memoryMib(spec);
    words.addAll(List.of("-m", Long.toString(memory), "-smp", processors(spec)));
    words.addAll(List.of("-device", "virtio-serial-" + bus));
    for (int i = 0; i < devices.disks().size(); i++) {
      String file = devices.disks().get(i).replace(",", ",,");
      words.addAll(List.of("-drive", "if=none,id=d" + i + ",format=raw,readonly=on,file=" + file));
      words.addAll(List.of("-device", "virtio-blk-" + bus + ",drive=d" + i));
    }
    addShares(words, devices.shares(), bus, memory);
    if (devices.network() == Network.USER) {
      String rom = small ? "" : ",romfile=";
      words.addAll(List.of("-netdev", "user,id=net"));
      words.addAll(List.of("-device", "virtio-net-" + bus + ",netdev=net" + rom));
    }
    words.addAll(List.of("-chardev", "stdio,id=in,signal=off"));
    if (terminal) {
      words.addAll(List.of("-device", "virtconsole,chardev=in"));
    } else {
      words.addAll(List.of("-device", "virtserialport,nr=1,chardev=in"));
      port(words, 2, "file,id=out,path=/proc/self/fd/" + Keeper.OUTPUT_FD);
      port(words, 3, "file,id=err,path=" + errors);
    }
    port(words, 4, "pipe,id=signals,path=/proc/self/fd/" + Keeper.Machine.SIGNALS_FD);
    port(words, 5, "file,id=" + STATUS + ",path=/proc/self/fd/" + Keeper.Machine.STATUS_FD);
    words.addAll(List.of("-qmp", qmp(LiveMachine.SOCKETS.getFirst())));
    return words;
  }

  /// A server of files reaches into the machine's memory.
  private static void addShares(List<String> words, int shares, String bus, long memoryMib) {
    if (shares == 0) {
      return;
    }
    words.addAll(
        List.of("-object", "memory-backend-memfd,id=ram,share=on,size=" + memoryMib + "M"));
    words.addAll(List.of("-machine", "memory-backend=ram"));
    for (int i = 0; i < shares; i++) {
      words.addAll(List.of("-chardev", "socket,id=s" + i + ",path=" + Keeper.Machine.socket(i)));
      String device = "vhost-user-fs-" + bus + ",chardev=s" + i + ",tag=" + GuestShares.tag(i);
      words.addAll(List.of("-device", device));
    }
  }

  /// Returns what `-qmp` takes for a socket on which the machine is told what to do.
  static String qmp(String socket) {
    return "unix:" + socket + ",server=on,wait=off";
  }

  private static void port(List<String> words, int number, String device) {
    int id = device.indexOf("id=") + "id=".length();
    String name = device.substring(id, device.indexOf(',', id));
    words.addAll(List.of("-chardev", device));
    words.addAll(List.of("-device", "virtserialport,nr=" + number + ",chardev=" + name));
  }

  /// Returns the part of the command that boots a kernel.
  ///
  /// @param errors the file that the kernel's last words go to
  List<String> boot(String machine, GuestKernel kernel, String initrd, String errors) {
    // Without a table of devices, and with the timer by which the kernel measures its clock.
    String type = machine.equals(MICROVM) ? "microvm,acpi=off,pit=on,pic=on" : machine;
    List<String> words = new ArrayList<>(List.of(program, "-M", type));
    if (accelerator.equals("kvm")) {
      words.addAll(List.of("-accel", "kvm", "-cpu", "host"));
    } else {
      words.addAll(List.of("-accel", EMULATION, "-cpu", "max"));
    }
    words.addAll(List.of("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"));
    words.addAll(List.of("-kernel", kernel.image().toString(), "-initrd", initrd));
    words.addAll(List.of("-append", "console=ttyS0 quiet loglevel=0 panic=-1 reboot=t"));
    words.addAll(List.of("-chardev", "file,id=console,append=on,path=" + errors));
    words.addAll(List.of("-serial", "chardev:console"));
    return words;
  }

  private static long memoryMib(Spec spec) {
    Long limit = spec.linux().resources().memory().limit();
    if (limit == null || limit <= 0) {
      return MEMORY_MIB;
    }
    if (limit < 64 * MIB) {
      throw new UnsupportedException(
          "--memory " + limit, "a machine with a kernel of its own needs 64m", "--memory 64m");
    }
    return limit / MIB;
  }

  /// As many as the time that the limit allows; the host limits the time.
  private static String processors(Spec spec) {
    LinuxCpu cpu = spec.linux().resources().cpu();
    Long quota = cpu.quota();
    Long period = cpu.period();
    if (quota == null || period == null || quota <= 0) {
      return "1";
    }
    return Long.toString((quota + period - 1) / period);
  }
}
