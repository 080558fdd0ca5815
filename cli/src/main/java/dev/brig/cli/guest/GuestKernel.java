package dev.brig.cli.guest;

import dev.brig.error.UnsupportedException;
import dev.brig.image.layer.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A kernel for virtual machines, with its modules.
///
/// @param image the file that a boot loader loads
/// @param release what `uname -r` shows
/// @param modules the directory below which its modules are
record GuestKernel(Path image, String release, Path modules) {
  private static final int VERSION_POINTER = 0x20e;
  private static final int SETUP = 0x200;
  private static final String DEPENDS = "\0depends=";

  /// Reads what kernel a file holds, and finds its modules where a distribution puts them beside.
  ///
  /// @see <a href="https://docs.kernel.org/arch/x86/boot.html">the boot protocol</a>
  /// @throws UnsupportedException if it is none, or its modules are not there
  static GuestKernel of(Path image) {
    String release = release(image);
    Path parent = image.toAbsolutePath().getParent();
    Path above = parent == null ? null : parent.getParent();
    List<Path> places = new ArrayList<>();
    if (above != null) {
      places.add(above.resolve("lib/modules").resolve(release));
      places.add(above.resolve("usr/lib/modules").resolve(release));
    }
    places.add(Path.of("/lib/modules", release));
    for (Path place : places) {
      if (Files.isDirectory(place)) {
        return new GuestKernel(image, release, place);
      }
    }
    throw new UnsupportedException(
        "kernel " + image,
        "the modules of " + release + " are not in " + places,
        "name one that lies beside them: --kernel FILE");
  }

  private static String release(Path image) {
    byte[] start = new byte[0x10000];
    int length;
    try (var in = Files.newInputStream(image)) {
      length = in.readNBytes(start, 0, start.length);
    } catch (IOException e) {
      throw new UnsupportedException(
          "kernel " + image, "it can't be read: " + e.getMessage(), "--kernel FILE names another");
    }
    int pointer = (start[VERSION_POINTER] & 0xff) | (start[VERSION_POINTER + 1] & 0xff) << 8;
    int from = SETUP + pointer;
    boolean kernel =
        new String(start, 0x202, 4, StandardCharsets.ISO_8859_1).equals("HdrS") && pointer != 0;
    int end = from;
    while (kernel && end < length && start[end] > ' ') {
      end++;
    }
    if (!kernel || end == from) {
      throw new UnsupportedException(
          "kernel " + image, "it is no bzImage", "--kernel FILE names another");
    }
    return new String(start, from, end - from, StandardCharsets.ISO_8859_1);
  }

  /// Tells whether the driver of devices that no bus lists takes their places as parameters; if it
  /// is built in, nothing says so.
  boolean takesDevicesByParameter() {
    byte[] driver = drivers(List.of("virtio_mmio")).get("virtio_mmio");
    return driver == null
        || new String(driver, StandardCharsets.ISO_8859_1).contains("vm_cmdline_set");
  }

  /// Returns the files of modules and of those that they depend on, in the order in which they can
  /// be loaded. What there is no file of is built in.
  Map<String, byte[]> drivers(List<String> names) {
    Map<String, Path> files = new HashMap<>();
    try (Stream<Path> all = Files.walk(modules, FileVisitOption.FOLLOW_LINKS)) {
      all.filter(file -> file.getFileName().toString().contains(".ko"))
          .forEach(file -> files.put(name(file), file));
    } catch (IOException e) {
      throw new UnsupportedException(
          "kernel " + image, "its modules can't be read: " + e.getMessage(), "");
    }
    Map<String, byte[]> loaded = new LinkedHashMap<>();
    for (String name : names) {
      load(name, files, loaded);
    }
    return loaded;
  }

  private static String name(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, name.indexOf(".ko")).replace('-', '_');
  }

  private static void load(String name, Map<String, Path> files, Map<String, byte[]> loaded) {
    Path file = files.get(name);
    if (file == null || loaded.containsKey(name)) {
      return;
    }
    byte[] content;
    // finit_module(2) takes compressed ones only from kernels that were built so.
    try (InputStream plain = Compression.open(Files.newInputStream(file)).content()) {
      content = plain.readAllBytes();
    } catch (IOException e) {
      throw new UnsupportedException("module " + file, "it can't be read: " + e.getMessage(), "");
    }
    for (String needed : depends(content)) {
      load(needed, files, loaded);
    }
    loaded.put(name, content);
  }

  /// Returns the names in a module's `.modinfo` of those that it needs.
  private static List<String> depends(byte[] module) {
    String text = new String(module, StandardCharsets.ISO_8859_1);
    int start = text.indexOf(DEPENDS);
    if (start < 0) {
      return List.of();
    }
    String list =
        text.substring(start + DEPENDS.length(), text.indexOf('\0', start + DEPENDS.length()));
    return list.isEmpty() ? List.of() : List.of(list.replace('-', '_').split(","));
  }
}
