package dev.brig.cli.oci;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
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
  private static final List<List<String>> COMMAND_LINES =
      List.of(
          List.of("--version"),
          List.of("state", "training"),
          List.of("start", "training"),
          List.of("exec", "training", "true"),
          List.of("kill", "training", "KILL"),
          List.of("list"),
          List.of("delete", "--force", "training"));

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
    var _ = store.take("training");
    BundleRecord.Creator nobody = new BundleRecord.Creator(Integer.MAX_VALUE, 1);
    store.write(
        new BundleRecord("training", bundle.toString(), rootfs, "", 0, nobody, List.of()),
        SpecWriter.write(SpecCommand.template()));
    for (List<String> words : COMMAND_LINES) {
      walk(state, words);
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
