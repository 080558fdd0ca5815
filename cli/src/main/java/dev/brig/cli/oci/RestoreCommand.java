package dev.brig.cli.oci;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UnsupportedException;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.runtime.json.JsonIn;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.BundleRecord;
import dev.brig.runtime.oci.BundleStore;
import dev.brig.runtime.spec.Process;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// `restore`: a container goes on from the files that `checkpoint` has made.
final class RestoreCommand implements OciCommand<CriuOption> {
  private static final int STAT_MAX = 4096;
  private static final int JSON_MAX = 65_536;

  /// criu wants a root that is mounted somewhere. What is mounted in its own mount namespace goes
  /// with it.
  private static final String IN_OWN_NAMESPACE =
      "mount --rbind \"$1\" \"$2\" && shift 2 && exec \"$@\"";

  private final OciContext context;

  RestoreCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<CriuOption> syntax() {
    return new Syntax<>(
        "brig-oci restore",
        "Let a container go on from a checkpoint, by criu.",
        CriuOption.ofRestore(),
        Operands.exactly(1, "ID"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<CriuOption> arguments) {
    String id = arguments.operands().getFirst();
    Kernel kernel = context.kernel();
    Criu criu = new Criu(kernel);
    Path images = Criu.images(arguments);
    if (!Files.exists(images.resolve("inventory.img"))) {
      throw new BundleException(
          images + " holds no checkpoint",
          "make one: brig-oci checkpoint --image-path DIRECTORY ID");
    }
    Bundle bundle =
        Bundle.read(kernel, OciContext.path("--bundle", arguments.value(CriuOption.BUNDLE, "")));
    Process process = bundle.spec().process();
    if (process != null && process.terminal()) {
      throw new UnsupportedException(
          "/process/terminal", "a terminal can't be restored", "checkpoint what has none");
    }
    BundleStore store = context.store();
    Path place = store.take(id);
    int pid;
    try {
      pid = restore(arguments, criu, bundle, id, place);
    } catch (Throwable e) {
      store.remove(id);
      throw e;
    }
    String file = arguments.value(CriuOption.PID_FILE, "");
    if (!file.isEmpty()) {
      Criu.write("--pid-file", OciContext.path("--pid-file", file), Integer.toString(pid));
    }
    if (arguments.has(CriuOption.DETACH)) {
      return 0;
    }
    int status = kernel.processes().waitFor(pid).shellStatus();
    new Destroyer(context).destroy(store.container(id));
    return status;
  }

  private int restore(
      Reading.Arguments<CriuOption> arguments, Criu criu, Bundle bundle, String id, Path place) {
    CgroupPlan cgroup = context.launcher().cgroups(id, bundle.spec());
    BundleRecord record =
        new BundleRecord(
            id,
            bundle.directory().toString(),
            bundle.spec().root().path(),
            Instant.now().toString(),
            Integer.toUnsignedLong(context.host().identity().uid()),
            CreateCommand.self(context),
            cgroup.removals());
    context.store().write(record, bundle.config());
    Path work = Criu.work(arguments);
    Path root = place.resolve("criu-root");
    List<String> command = command(criu, bundle, place, root, arguments, cgroup);
    command.addAll(Criu.options(arguments));
    Criu.makeDirectory("--work-path", work);
    Criu.makeDirectory("--root", root);
    try {
      criu.run("restore", command, work.resolve("restore.log"));
      return remember(place);
    } finally {
      var _ = context.kernel().tree().unlinkIfPresent(Fd.CWD, pidFile(place).toString());
      context.kernel().tree().rmdirat(Fd.CWD, root.toString());
    }
  }

  private List<String> command(
      Criu criu,
      Bundle bundle,
      Path place,
      Path root,
      Reading.Arguments<CriuOption> arguments,
      CgroupPlan cgroup) {
    Path images = Criu.images(arguments);
    List<String> command = new ArrayList<>();
    command.addAll(List.of("/usr/bin/unshare", "-m", "--propagation", "private"));
    command.addAll(List.of("/bin/sh", "-c", IN_OWN_NAMESPACE, "sh"));
    command.addAll(List.of(bundle.spec().root().path(), root.toString(), criu.program()));
    command.addAll(List.of("restore", "--images-dir", images.toString()));
    command.addAll(
        List.of("--work-dir", Criu.work(arguments).toString(), "--log-file", "restore.log", "-v4"));
    command.addAll(List.of("--root", root.toString(), "--restore-detached", "--restore-sibling"));
    command.addAll(List.of("--pidfile", pidFile(place).toString()));
    Map<String, String> external = criu.external(bundle.spec(), cgroup.leaves());
    for (Map.Entry<String, String> mount : external.entrySet()) {
      command.addAll(List.of("--external", "mnt[" + mount.getKey() + "]:" + mount.getValue()));
    }
    int number = 0;
    for (String descriptor : descriptors(images)) {
      if (descriptor.startsWith("pipe:") || descriptor.startsWith("socket:")) {
        command.addAll(List.of("--inherit-fd", "fd[" + number + "]:" + descriptor));
      }
      number++;
    }
    return command;
  }

  /// Where criu writes the process that it restored.
  private static Path pidFile(Path place) {
    return place.resolve("criu-pid");
  }

  private List<String> descriptors(Path images) {
    byte[] bytes =
        context
            .kernel()
            .files()
            .readIfPresent(
                Fd.CWD, images.resolve(CheckpointCommand.DESCRIPTORS).toString(), JSON_MAX)
            .orElse("[]".getBytes(StandardCharsets.UTF_8));
    JsonIn in = new JsonIn(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
    return in.strings();
  }

  /// Keeps the number and start of the container's process where its program would have.
  private int remember(Path place) {
    Kernel kernel = context.kernel();
    byte[] number =
        kernel.files().readIfPresent(Fd.CWD, pidFile(place).toString(), 32).orElseThrow();
    String pid = new String(number, StandardCharsets.US_ASCII).strip();
    byte[] stat =
        kernel
            .files()
            .readIfPresent(Fd.CWD, "/proc/" + pid + "/stat", STAT_MAX)
            .orElseThrow(() -> new BundleException("the restored process has ended at once"));
    Criu.write("--root", place.resolve("pid"), new String(stat, StandardCharsets.UTF_8));
    return Integer.parseInt(pid);
  }
}
