package dev.brig.cli.oci;

import dev.brig.linux.Device;
import dev.brig.linux.Fd;
import dev.brig.linux.FileType;
import dev.brig.linux.Kernel;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.oci.BundleRecord;
import dev.brig.runtime.oci.BundleStore;
import dev.brig.runtime.spec.SpecWriter;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Loads what the OCI runtime's commands load, for the archive of classes that the build makes.
public final class OciTraining {
  /// Of a container that runs: this process itself, to which no signal gets through.
  private static final List<List<String>> WHILE_RUNNING =
      List.of(
          List.of("--version"),
          List.of("state", "training"),
          List.of("start", "training"),
          List.of("exec", "training", "true"),
          List.of("kill", "training", "KILL"),
          List.of("pause", "training"),
          List.of("ps", "training"),
          List.of("events", "--stats", "training"),
          List.of("update", "--pids-limit", "5", "training"),
          List.of("list"));

  private static final int STAT_LENGTH_MAX = 4096;
  private static final int FIFO_PERMISSIONS = 0600;

  private final Map<String, String> environment;
  private final Kernel kernel;

  /// Makes a training.
  ///
  /// @param environment the caller's
  /// @param kernel system calls of which those that would execute a program are refused
  public OciTraining(Map<String, String> environment, Kernel kernel) {
    this.environment = environment;
    this.kernel = kernel;
  }

  /// Walks through the commands.
  ///
  /// @param root a directory that the caller removes
  public void run(Path root) {
    Path bundle = root.resolve("bundle");
    String rootfs = bundle.resolve("rootfs").toString();
    Path state = root.resolve("oci");
    var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, bundle.toString(), 0755);
    var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, rootfs, 0755);
    walk(state, List.of("spec", "--bundle", bundle.toString()));
    walk(state, List.of("run", "--bundle", bundle.toString(), "--pid-file=p", "training"));
    BundleStore store = new BundleStore(kernel, state);
    Path container = store.take("training");
    BundleRecord.Creator nobody = new BundleRecord.Creator(Integer.MAX_VALUE, 1);
    store.write(
        new BundleRecord("training", bundle.toString(), rootfs, "", 0, nobody, List.of()),
        SpecWriter.write(SpecCommand.template()));
    runAs(container);
    startThrough(container, state);
    for (List<String> words : WHILE_RUNNING) {
      walk(state, words);
    }
    var _ = kernel.tree().unlinkIfPresent(Fd.CWD, container.resolve("pid").toString());
    walk(state, List.of("delete", "--force", "training"));
  }

  private void runAs(Path container) {
    byte[] stat =
        kernel.files().readIfPresent(Fd.CWD, "/proc/self/stat", STAT_LENGTH_MAX).orElseThrow();
    write(container.resolve("pid"), stat);
  }

  private void write(Path file, byte[] bytes) {
    try (Fd fd =
        kernel
            .files()
            .openat(
                Fd.CWD,
                file.toString(),
                FIFO_PERMISSIONS,
                OpenFlag.O_WRONLY,
                OpenFlag.O_CREAT,
                OpenFlag.O_TRUNC)) {
      kernel.files().writeAll(fd, bytes);
    }
  }

  /// A gate behind which a step has failed already.
  private void startThrough(Path container, Path state) {
    String go = container.resolve("exec.fifo").toString();
    String failure = container.resolve("failure.fifo").toString();
    for (String pipe : List.of(go, failure)) {
      kernel.tree().mknodat(Fd.CWD, pipe, FileType.FIFO, FIFO_PERMISSIONS, new Device(0, 0));
    }
    try (Fd _ = kernel.files().openat(Fd.CWD, go, OpenFlag.O_RDWR);
        Fd writer = kernel.files().openat(Fd.CWD, failure, OpenFlag.O_RDWR)) {
      kernel.files().writeAll(writer, new byte[] {1, 0, 0, 0, 2, 0, 0, 0, 't'});
      walk(state, List.of("start", "training"));
    }
  }

  /// How a command ends is no matter here: what it loads on the way is.
  private void walk(Path state, List<String> words) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    List<String> line = new ArrayList<>(List.of("--root", state.toString()));
    line.addAll(words);
    var _ = new OciMain(environment, nowhere, nowhere, kernel).run(line);
  }
}
