package dev.brig.cli.guest;

import com.google.gson.Gson;
import dev.brig.cli.bundle.Bundle;
import dev.brig.cli.bundle.Monitor;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.command.Context;
import dev.brig.error.UnsupportedException;
import dev.brig.image.Image;
import dev.brig.linux.Fd;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.compile.GuestPlanner;
import dev.brig.runtime.container.ContainerPaths;
import dev.brig.runtime.launch.GuestProgram;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Containers that are virtual machines: the layers of the image are disks, the layer that is
/// written to is the machine's memory, and its init is a program of brig's own.
final class VirtualMachine {
  private static final String KERNEL = "dev.brig.vm.kernel";
  private static final String MACHINE = "dev.brig.vm.machine";
  private static final String LAYERS = "dev.brig.vm.layers";
  private static final String INITRD = "initrd";
  // Where the files for /etc lie in the machine's first root.
  private static final String FILES = "/f";
  private static final List<String> SERVERS =
      List.of("/usr/libexec/virtiofsd", "/usr/lib/virtiofsd", "/usr/lib/qemu/virtiofsd");

  private final Context context;

  VirtualMachine(Context context) {
    this.context = context;
  }

  /// Returns the bundle of the process that runs a bundle in a virtual machine.
  ///
  /// @param guest what the user asked for
  /// @param options the same, in the words of the options
  /// @param image what it is made from
  /// @param monitor the process of the host's
  /// @param directory the container's own
  Bundle around(Bundle guest, RunOptions options, Image image, Monitor monitor, String directory) {
    List<String> layers = new ArrayList<>();
    image.layers().forEach(layer -> layers.add(layer.toString()));
    MachineFiles files = MachineFiles.of(layers, guest.spec().mounts(), Path.of(directory));
    Qemu.Devices devices = devices(files, guest.spec());
    GuestKernel kernel = new Kernels(context).choose(options.isolation().guest().kernel());
    Qemu qemu = new QemuProbe(context, kernel).qemu();
    String machine = Qemu.machine(options.isolation().guest().machine(), devices);
    if (machine.equals(Qemu.MICROVM) && !kernel.takesDevicesByParameter()) {
      throw new UnsupportedException(
          "--machine microvm",
          "kernel "
              + kernel.release()
              + " finds no devices on it:"
              + " it was built without VIRTIO_MMIO_CMDLINE_DEVICES",
          "take --machine pc, or another kernel");
    }
    Map<String, String> annotations = new LinkedHashMap<>(guest.spec().annotations());
    annotations.put(KERNEL, kernel.image().toString());
    annotations.put(MACHINE, machine);
    annotations.put(LAYERS, new Gson().toJson(layers));
    Spec inside = guest.spec().toBuilder().annotations(annotations).build();
    List<String> command = qemu.command(kernel, machine, devices, INITRD, guest.spec());
    String server = files.shares().isEmpty() ? "" : server();
    List<Mount> shares = files.shares(monitor.directory());
    return monitor.around(guest, inside, new Monitor.Emulator(command, directory, server, shares));
  }

  private static Qemu.Devices devices(MachineFiles files, Spec spec) {
    return new Qemu.Devices(
        files.disks(),
        files.shares().size(),
        GuestProgram.hasNetwork(spec) ? GuestPlanner.Network.USER : GuestPlanner.Network.NONE);
  }

  private String server() {
    for (String program : SERVERS) {
      if (context.kernel().attributes().exists(program)) {
        return program;
      }
    }
    return context
        .program("virtiofsd")
        .orElseThrow(() ->
            new UnsupportedException(
                "--isolation vm",
                "virtiofsd is not installed, which shows a machine directories of this one",
                "apt-get install qemu-system-common, or virtiofsd; or leave volumes out"));
  }

  /// Makes what a container's machine boots from: its drivers, its init, and files for /etc.
  void prepare(ContainerPaths paths) {
    Spec inside = SpecReader.read(paths.directory().resolve(Monitor.GUEST));
    Map<String, String> annotations = inside.annotations();
    GuestKernel kernel = GuestKernel.of(Path.of(annotations.getOrDefault(KERNEL, "")));
    String machine = annotations.getOrDefault(MACHINE, "");
    String[] layers = new Gson().fromJson(annotations.getOrDefault(LAYERS, "[]"), String[].class);
    MachineFiles files = MachineFiles.of(List.of(layers), inside.mounts(), paths.directory());
    Qemu.Devices devices = devices(files, inside);
    Cpio archive = new Cpio();
    for (String directory : new String[] {"dev", "proc", "m", "f", "l", "s", "r", "w"}) {
      archive.directory(directory);
    }
    archive.device("dev/console", 5, 1);
    List<GuestPlanner.Module> modules = new ArrayList<>();
    Map<String, byte[]> drivers = kernel.drivers(Qemu.drivers(machine, devices));
    for (Map.Entry<String, byte[]> driver : drivers.entrySet()) {
      String path = "m/" + driver.getKey() + ".ko";
      archive.file(path, driver.getValue());
      modules.add(
          new GuestPlanner.Module("/" + path, Qemu.parameters(machine, driver.getKey(), devices)));
    }
    for (GuestPlanner.Source source : files.sources()) {
      archive.directory(source.target().substring(1));
    }
    List<Mount> mounts = moved(files.mounts(inside.mounts()), archive);
    Spec spec = inside.toBuilder().mounts(mounts).build();
    archive.file(
        "init", GuestProgram.compile(spec, modules, files.sources(), context.kernel().machine()));
    write(paths.directory().resolve(INITRD), archive.bytes());
  }

  /// Takes what is bound from the container's directory along.
  private static List<Mount> moved(List<Mount> mounts, Cpio archive) {
    List<Mount> moved = new ArrayList<>();
    for (Mount mount : mounts) {
      if (!mount.isBind() || mount.source().startsWith(GuestProgram.SHARES + "/")) {
        moved.add(mount);
        continue;
      }
      Path source = Path.of(mount.source());
      String path = FILES + "/" + source.getFileName();
      try {
        archive.file(path.substring(1), Files.readAllBytes(source));
      } catch (IOException e) {
        throw new UnsupportedException(
            "--isolation vm", source + " can't be read: " + e.getMessage(), "");
      }
      moved.add(new Mount(mount.destination(), mount.type(), path, mount.options()));
    }
    return moved;
  }

  private void write(Path file, byte[] content) {
    try (Fd fd =
        context
            .kernel()
            .files()
            .openat(
                Fd.CWD,
                file.toString(),
                0600,
                OpenFlag.O_WRONLY,
                OpenFlag.O_CREAT,
                OpenFlag.O_TRUNC,
                OpenFlag.O_NOFOLLOW)) {
      context.kernel().files().writeAll(fd, content);
    }
  }
}
