package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.runtime.json.JsonOut;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.BundleStatus;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `checkpoint`: a running container becomes files.
final class CheckpointCommand implements OciCommand<CriuOption> {
  /// What the standard streams were, for `restore`; runc's name for the file.
  static final String DESCRIPTORS = "descriptors.json";

  private final OciContext context;

  CheckpointCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<CriuOption> syntax() {
    return new Syntax<>(
        "brig-oci checkpoint",
        "Freeze a running container into files, by criu.",
        CriuOption.ofCheckpoint(),
        Operands.exactly(1, "ID"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<CriuOption> arguments) {
    BundleContainer container = context.store().container(arguments.operands().getFirst());
    BundleStatus status = container.status();
    if (status != BundleStatus.RUNNING && status != BundleStatus.PAUSED) {
      throw new BundleException("container cannot be checkpointed in " + status.text() + " state");
    }
    Criu criu = new Criu(context.kernel());
    Path images = Criu.images(arguments);
    Path work = Criu.work(arguments);
    Criu.makeDirectory("--image-path", images);
    Criu.makeDirectory("--work-path", work);
    boolean early = arguments.has(CriuOption.PRE_DUMP);
    int pid = container.pid();
    List<String> command = new ArrayList<>(List.of(criu.program(), early ? "pre-dump" : "dump"));
    command.addAll(List.of("--tree", Integer.toString(pid), "--images-dir", images.toString()));
    command.addAll(List.of("--work-dir", work.toString(), "--log-file", "dump.log", "-v4"));
    command.addAll(List.of("--root", container.record().rootfs()));
    command.addAll(Criu.options(arguments));
    String parent = arguments.value(CriuOption.PARENT_PATH, "");
    if (!parent.isEmpty()) {
      command.addAll(List.of("--prev-images-dir", parent, "--track-mem"));
    } else if (early) {
      command.add("--track-mem");
    }
    Map<String, String> external = criu.external(container.spec(), container.record().cgroups());
    for (String place : external.keySet()) {
      command.addAll(List.of("--external", "mnt[" + place + "]:" + place));
    }
    if (arguments.has(CriuOption.LEAVE_RUNNING)) {
      command.add("--leave-running");
    }
    describe(pid, images);
    criu.run("dump", command, work.resolve("dump.log"));
    if (!early && !arguments.has(CriuOption.LEAVE_RUNNING)) {
      new Destroyer(context).destroy(container);
    }
    return 0;
  }

  private void describe(int pid, Path images) {
    StringWriter text = new StringWriter();
    JsonOut out = JsonOut.onOneLine(text);
    out.beginArray();
    Kernel kernel = context.kernel();
    for (int fd = 0; fd <= 2; fd++) {
      String link = "/proc/" + pid + "/fd/" + fd;
      out.element(kernel.tree().readlinkIfLink(Fd.CWD, link).orElse(""));
    }
    out.endArray();
    Criu.write("--image-path", images.resolve(DESCRIPTORS), text.toString());
  }
}
