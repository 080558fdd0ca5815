package dev.brig.runtime.oci;

import dev.brig.cgroups.Cgroup;
import dev.brig.cgroups.KernelCgroupFs;
import dev.brig.linux.Errno;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.container.RunningProcesses;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.SpecReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// One container of an OCI bundle, as it lies on disk.
public final class BundleContainer {
  private static final int STAT_LENGTH_MAX = 4096;
  private static final int CONFIG_LENGTH_MAX = 64 << 20;

  private final Kernel kernel;
  private final Path directory;
  private final BundleRecord record;

  BundleContainer(Kernel kernel, Path directory, BundleRecord record) {
    this.kernel = kernel;
    this.directory = directory;
    this.record = record;
  }

  /// Returns what is kept of it.
  public BundleRecord record() {
    return record;
  }

  /// Returns its directory.
  public Path directory() {
    return directory;
  }

  /// Returns its configuration, as it was when it was created.
  public Spec spec() {
    String text = text("config.json", CONFIG_LENGTH_MAX);
    if (text.isEmpty()) {
      // Somebody else is just removing it.
      throw new BundleException("container \"" + record.id() + "\" does not exist");
    }
    return SpecReader.read(text);
  }

  /// Returns its cgroups.
  public Cgroup cgroup() {
    return new Cgroup(new KernelCgroupFs(kernel), record.cgroups());
  }

  /// Returns its first process, or nothing if that has ended or is not there yet. The caller closes
  /// it.
  public Optional<InitProcess> init() {
    RunningProcesses processes = RunningProcesses.parse(text(BundleStore.PID, STAT_LENGTH_MAX));
    Optional<InitProcess> init = InitProcess.of(kernel, processes);
    if (init.isPresent() && !init.get().isAlive()) {
      init.get().close();
      return Optional.empty();
    }
    return init;
  }

  /// Returns the number of its first process, or 0 if that has ended or is not there yet.
  public int pid() {
    Optional<InitProcess> init = init();
    if (init.isEmpty()) {
      return 0;
    }
    init.get().close();
    return RunningProcesses.parse(text(BundleStore.PID, STAT_LENGTH_MAX)).initPid();
  }

  /// Returns where it is in its life.
  public BundleStatus status() {
    Optional<InitProcess> init = init();
    boolean creating = isBeingCreated();
    if (init.isEmpty()) {
      return creating ? BundleStatus.CREATING : BundleStatus.STOPPED;
    }
    init.get().close();
    if (hasGate()) {
      return creating ? BundleStatus.CREATING : BundleStatus.CREATED;
    }
    return cgroup().isFrozen() ? BundleStatus.PAUSED : BundleStatus.RUNNING;
  }

  private boolean isBeingCreated() {
    boolean started = !hasGate() && !text(BundleStore.PID, STAT_LENGTH_MAX).isEmpty();
    Optional<InitProcess> creator = started ? Optional.empty() : creator();
    creator.ifPresent(InitProcess::close);
    return creator.isPresent();
  }

  private boolean hasGate() {
    return kernel.attributes().exists(directory.resolve(BundleStore.GATE).toString());
  }

  /// Returns the process that creates it, or nothing if that has ended. The caller closes it.
  public Optional<InitProcess> creator() {
    BundleRecord.Creator creator = record.creator();
    RunningProcesses process = new RunningProcesses(0, creator.pid(), creator.startTime());
    return InitProcess.of(kernel, process);
  }

  /// Lets its process go on to the command, and waits until that runs.
  ///
  /// @return nothing, or the step that failed
  /// @throws BundleException if it does not wait to be started
  public Optional<GateReport> passGate() {
    String gate = directory.resolve(BundleStore.GATE).toString();
    String failure = directory.resolve(BundleStore.FAILURE).toString();
    Optional<Fd> told =
        kernel.files().openIfPresent(Fd.CWD, failure, OpenFlag.O_RDONLY, OpenFlag.O_NONBLOCK);
    if (told.isEmpty()) {
      throw alreadyStarted();
    }
    try (Fd report = told.get()) {
      open(gate);
      var _ = kernel.tree().unlinkIfPresent(Fd.CWD, gate);
      var _ = kernel.tree().unlinkIfPresent(Fd.CWD, failure);
      return GateReport.read(kernel, report);
    }
  }

  private void open(String gate) {
    try (Fd fd = kernel.files().openat(Fd.CWD, gate, OpenFlag.O_WRONLY, OpenFlag.O_NONBLOCK)) {
      kernel.files().writeAll(fd, ByteBuffer.wrap(new byte[] {'g'}));
    } catch (KernelException e) {
      if (e.errno() == Errno.ENOENT) {
        throw alreadyStarted();
      }
      // Nobody reads any more: the process has died at the gate.
      if (e.errno() == Errno.ENXIO || e.errno() == Errno.EPIPE) {
        throw stopped();
      }
      throw e;
    }
  }

  private static BundleException alreadyStarted() {
    return new BundleException("cannot start an already running container");
  }

  private static BundleException stopped() {
    return new BundleException("cannot start a container that has stopped");
  }

  private String text(String name, int lengthMax) {
    return kernel
        .files()
        .readIfPresent(Fd.CWD, directory.resolve(name).toString(), lengthMax)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .orElse("");
  }
}
