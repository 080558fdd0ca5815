package dev.brig.cli.guest;

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
    List<String> disks = disks(image);
    GuestKernel kernel = new Kernels(context).choose(options.isolation().guest().kernel());
    Qemu qemu = new QemuProbe(context, kernel).qemu();
    String machine = Qemu.machine(options.isolation().guest().machine(), disks.size());
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
    annotations.put(LAYERS, Integer.toString(disks.size()));
    Spec inside = guest.spec().toBuilder().annotations(annotations).build();
    List<String> command = qemu.command(kernel, machine, disks, INITRD, guest.spec());
    return monitor.around(guest, inside, command, directory);
  }

  /// The lowest first.
  private static List<String> disks(Image image) {
    List<String> disks = new ArrayList<>();
    for (Path layer : image.layers()) {
      if (Files.isDirectory(layer)) {
        throw new UnsupportedException(
            "--isolation vm",
            "image " + image.name() + " is a directory, and a machine's disks are files",
            "import it: tar -C DIRECTORY -c . | brig import - NAME");
      }
      disks.add(layer.toString());
    }
    return disks;
  }

  /// Makes what a container's machine boots from: its drivers, its init, and files for /etc.
  void prepare(ContainerPaths paths) {
    Spec inside = SpecReader.read(paths.directory().resolve(Monitor.GUEST));
    Map<String, String> annotations = inside.annotations();
    GuestKernel kernel = GuestKernel.of(Path.of(annotations.getOrDefault(KERNEL, "")));
    String machine = annotations.getOrDefault(MACHINE, "");
    int layers = Integer.parseInt(annotations.getOrDefault(LAYERS, "0"));
    Cpio archive = new Cpio();
    for (String directory : new String[] {"dev", "proc", "m", "f", "l", "r", "w"}) {
      archive.directory(directory);
    }
    archive.device("dev/console", 5, 1);
    List<GuestPlanner.Module> modules = new ArrayList<>();
    for (Map.Entry<String, byte[]> driver : kernel.drivers(Qemu.drivers(machine)).entrySet()) {
      String path = "m/" + driver.getKey() + ".ko";
      archive.file(path, driver.getValue());
      modules.add(
          new GuestPlanner.Module(
              "/" + path, Qemu.parameters(machine, driver.getKey(), layers + 1)));
    }
    for (int layer = 0; layer < layers; layer++) {
      archive.directory("l/" + layer);
    }
    Spec spec = inside.toBuilder().mounts(moved(inside.mounts(), archive)).build();
    archive.file("init", GuestProgram.compile(spec, modules, layers, context.kernel().machine()));
    write(paths.directory().resolve(INITRD), archive.bytes());
  }

  /// Takes what is bound from the container's directory along.
  private static List<Mount> moved(List<Mount> mounts, Cpio archive) {
    List<Mount> moved = new ArrayList<>();
    for (Mount mount : mounts) {
      if (!mount.isBind()) {
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
