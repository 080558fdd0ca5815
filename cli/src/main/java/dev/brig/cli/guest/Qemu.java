package dev.brig.cli.guest;

import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.runtime.compile.Keeper;
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

  private static final List<String> MACHINES = List.of(MICROVM, "pc", "q35");
  // The machine type has eight places for devices, one of which is the console's.
  private static final int MICROVM_DISKS_MAX = 7;
  private static final int MICROVM_PLACES = 8;
  private static final int PLACES_ADDRESS = 0xfeb00000;
  private static final int PLACE_BYTES = 0x200;
  private static final int FIRST_INTERRUPT = 5;
  private static final long MIB = 1 << 20;
  private static final long MEMORY_MIB = 512;

  /// Tells whether the processor does not help.
  boolean isEmulated() {
    return accelerator.equals("tcg");
  }

  /// Returns the type of a machine.
  ///
  /// @param asked what `--machine` says, or empty for one that every kernel boots on
  /// @param disks how many it has
  /// @throws UsageException if there is no such type, or it has no room for so many
  static String machine(String asked, int disks) {
    if (asked.isEmpty()) {
      return "pc";
    }
    if (!MACHINES.contains(asked)) {
      throw new UsageException("--machine " + asked, "no such type", "one of " + MACHINES);
    }
    if (asked.equals(MICROVM) && disks > MICROVM_DISKS_MAX) {
      throw new UsageException(
          "--machine microvm",
          "it has room for " + MICROVM_DISKS_MAX + " layers, and the image has " + disks,
          "take --machine q35");
    }
    return asked;
  }

  /// Returns the modules that a guest on a machine needs.
  static List<String> drivers(String machine) {
    return List.of(
        machine.equals(MICROVM) ? "virtio_mmio" : "virtio_pci",
        "virtio_blk",
        "virtio_console",
        "erofs",
        "overlay");
  }

  /// Returns the parameters of a module: where the devices are that nothing else tells of.
  ///
  /// @param devices how many the machine has
  static String parameters(String machine, String module, int devices) {
    if (!machine.equals(MICROVM) || !module.equals("virtio_mmio")) {
      return "";
    }
    StringBuilder parameters = new StringBuilder();
    for (int place = MICROVM_PLACES - 1; place >= MICROVM_PLACES - devices; place--) {
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
  /// @param disks the files of the layers, the lowest first
  /// @param initrd what it boots from, below the directory that it is run in
  /// @param spec what runs in it
  List<String> command(
      GuestKernel kernel, String machine, List<String> disks, String initrd, Spec spec) {
    boolean small = machine.equals(MICROVM);
    String bus = small ? "device" : "pci";
    List<String> words = new ArrayList<>();
    Process process = spec.process();
    boolean terminal = process != null && process.terminal();
    String errors = "/proc/self/fd/" + (terminal ? 2 : Keeper.ERRORS_FD);
    words.addAll(boot(machine, kernel, initrd, errors));
    words.addAll(List.of("-m", Long.toString(memoryMib(spec)), "-smp", processors(spec)));
    words.addAll(List.of("-device", "virtio-serial-" + bus));
    for (int i = 0; i < disks.size(); i++) {
      String file = disks.get(i).replace(",", ",,");
      words.addAll(List.of("-drive", "if=none,id=d" + i + ",format=raw,readonly=on,file=" + file));
      words.addAll(List.of("-device", "virtio-blk-" + bus + ",drive=d" + i));
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
    port(words, 5, "file,id=status,path=/proc/self/fd/" + Keeper.Machine.STATUS_FD);
    words.addAll(List.of("-qmp", qmp(LiveMachine.SOCKETS.getFirst())));
    return words;
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
      words.addAll(List.of("-accel", "tcg,thread=multi", "-cpu", "max"));
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
