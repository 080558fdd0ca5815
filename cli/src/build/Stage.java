import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Lays out what `./brig` starts: the jar in the form that starts fastest, the native library that
/// it needs unpacked, and archives of the classes that a command loads, of brig and of brig-oci.
///
/// ```
/// java Stage.java JAR HOME [JVM OPTION]...
/// ```
///
/// Run from its source by the JDK that brig will run on. The options are those of a short command.
final class Stage {
  /// Class files from here on carry stack maps; the JVM archives no class that lacks them.
  private static final int MAJOR_WITH_STACK_MAPS = ClassFile.JAVA_8_VERSION;

  private static final int TRAINING_SECONDS_MAX = 60;

  private Stage() {}

  static void main(String[] arguments) throws IOException, InterruptedException {
    Path jar = Path.of(arguments[0]);
    Path home = Path.of(arguments[1]);
    List<String> options = List.of(arguments).subList(2, arguments.length);

    Path staged = home.resolve("brig.jar");
    writeJar(jar, staged);
    unpackNativeLibrary(jar, home);
    train("brig", staged, home.resolve("brig.aot"), options);
    train("oci", staged, home.resolve("oci.aot"), options);
  }

  /// Copies the jar without compression, with the class files of old compilers brought to the form
  /// that can be archived: picocli's are Java 5's.
  private static void writeJar(Path source, Path target) throws IOException {
    try (ZipFile in = new ZipFile(source.toFile());
        ZipOutputStream out =
            new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(target)))) {
      out.setMethod(ZipOutputStream.STORED);
      ClassFile reader = classFilesOf(in);
      for (ZipEntry entry : Collections.list(in.entries())) {
        String name = entry.getName();
        if (entry.isDirectory() || name.startsWith("jni/")) {
          continue;
        }
        byte[] bytes = read(in, entry);
        if (name.endsWith(".class") && major(bytes) < MAJOR_WITH_STACK_MAPS) {
          bytes = withStackMaps(reader, bytes);
        } else if (name.startsWith("dev/brig/") && name.endsWith(".class")) {
          bytes = Bootstraps.expand(reader, bytes);
        }
        write(out, name, bytes);
      }
    }
  }

  /// Resolves supertypes first among the jar's own classes, then among the JDK's; a type of a
  /// library that is not shipped counts as a class that extends `Object`.
  private static ClassFile classFilesOf(ZipFile jar) {
    ClassHierarchyResolver own =
        ClassHierarchyResolver.ofResourceParsing((ClassDesc type) -> {
          String descriptor = type.descriptorString();
          ZipEntry entry =
              jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
          try {
            return entry == null ? null : jar.getInputStream(entry);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    ClassHierarchyResolver missing =
        _ -> ClassHierarchyResolver.ClassHierarchyInfo.ofClass(ClassDesc.of("java.lang.Object"));
    return ClassFile.of(
        ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
        ClassFile.DeadCodeOption.PATCH_DEAD_CODE,
        ClassFile.ClassHierarchyResolverOption.of(
            own.orElse(ClassHierarchyResolver.defaultResolver()).orElse(missing)));
  }

  private static byte[] withStackMaps(ClassFile reader, byte[] bytes) {
    // Method bodies are taken apart and put together again, or they would be copied as they are.
    ClassTransform rebuilt =
        ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
            .andThen((type, element) -> {
              if (element instanceof ClassFileVersion) {
                type.withVersion(MAJOR_WITH_STACK_MAPS, 0);
              } else {
                type.with(element);
              }
            });
    return reader.transformClass(reader.parse(bytes), rebuilt);
  }

  private static int major(byte[] classFile) {
    return Byte.toUnsignedInt(classFile[6]) << 8 | Byte.toUnsignedInt(classFile[7]);
  }

  private static byte[] read(ZipFile jar, ZipEntry entry) throws IOException {
    try (InputStream bytes = jar.getInputStream(entry)) {
      return bytes.readAllBytes();
    }
  }

  private static void write(ZipOutputStream out, String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(0);
    entry.setSize(bytes.length);
    entry.setCompressedSize(bytes.length);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(bytes);
    out.closeEntry();
  }

  /// Without this, jffi would unpack its library into /tmp at every start.
  private static void unpackNativeLibrary(Path jar, Path home) throws IOException {
    String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
    try (ZipFile in = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        if (entry.getName().startsWith("jni/" + machine + "-Linux/") && !entry.isDirectory()) {
          Path library = home.resolve(Path.of(entry.getName()).getFileName().toString());
          Files.write(library, read(in, entry));
          Files.setPosixFilePermissions(library, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
      }
    }
  }

  /// Runs brig once over the paths that matter and keeps the classes that it loaded. Without the
  /// archive brig is slower, and works.
  private static void train(String what, Path jar, Path archive, List<String> options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    // Machine code for this processor stays out: where brig is copied to another one, the JVM would
    // run it unasked and end with SIGILL.
    command.add("-XX:+UnlockDiagnosticVMOptions");
    command.add("-XX:-AOTAdapterCaching");
    command.add("-XX:-AOTStubCaching");
    command.add("-XX:AOTCacheOutput=" + archive);
    command.addAll(List.of("-cp", jar.toString(), "dev.brig.cli.Main", "internal-train", what));
    Path scratch = Files.createTempDirectory("brig-train");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("BRIG_"));
    environment.put("BRIG_ROOT", scratch.toString());
    builder.redirectInput(new File("/dev/null")).redirectOutput(ProcessBuilder.Redirect.INHERIT);
    Process training = builder.start();
    if (!training.waitFor(TRAINING_SECONDS_MAX, TimeUnit.SECONDS)) {
      training.destroyForcibly().waitFor();
    }
    remove(scratch);
    if (training.exitValue() != 0) {
      System.err.println(
          "brig: the training for the archive of classes ended with status "
              + training.exitValue());
    }
  }

  private static void remove(Path folder) throws IOException {
    try (var paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Collections.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
