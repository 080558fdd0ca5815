package dev.brig.runtime.container;

import dev.brig.linux.Fd;
import dev.brig.linux.FileStatus;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.linux.Lock;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Brings containers to their end whose supervising program could not: all under the container's
/// lock.
final class Undertaker {
  private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

  private static final String KILLED =
      "killed by brig, because the program that supervised it was gone";
  private static final String UNSEEN =
      "nobody saw how it ended: the program that supervised it, or the machine, went down";

  private final Kernel kernel;
  private final StatePaths state;
  private final CgroupControl cgroups;
  private final TreeRemover trees;

  Undertaker(Kernel kernel, StatePaths state, CgroupControl cgroups, TreeRemover trees) {
    this.kernel = kernel;
    this.state = state;
    this.cgroups = cgroups;
    this.trees = trees;
  }

  /// Ends what is left of a started container's run: processes are killed, the end is recorded, the
  /// cgroups are removed. Does nothing if the container was never started or ended in order.
  void settle(ContainerPaths paths, ContainerRecord record) {
    new LayerSwap(kernel, trees).settle(paths, record);
    ContainerFiles files = new ContainerFiles(kernel, paths);
    Life life = files.life();
    if (!life.wasStarted()) {
      return;
    }
    boolean killed = kill(files.processes(), record);
    if (record.degree().isInView()) {
      unmount(paths.rootfs());
    }
    if (!record.cgroups().isEmpty()) {
      cgroups.remove(record.cgroups());
    }
    if (life.isOpen()) {
      files.end(
          killed
              ? new ExitRecord(ExitRecord.Cause.KILLED, 9, ContainerFiles.now())
              : ExitRecord.unknown(ContainerFiles.now()));
      files.addReason(new Reason(Reason.Kind.LOST, killed ? KILLED : UNSEEN));
    }
  }

  /// Takes a root away that is mounted where everybody sees it, and what it was stacked from.
  private void unmount(Path root) {
    while (kernel
        .attributes()
        .statIfPresent(Fd.CWD, root.toString(), Links.NOFOLLOW)
        .filter(FileStatus::isMountRoot)
        .isPresent()) {
      kernel.mounts().detach(root.toString());
    }
  }

  /// Changes the layers below a container's writable one: see [LayerSwap].
  ContainerRecord swap(ContainerPaths paths, ContainerRecord record, List<Path> layers) {
    return new LayerSwap(kernel, trees).swap(paths, record, layers);
  }

  /// Kills the first process and all in the cgroups, and waits for the first process's end.
  ///
  /// @return whether there was a first process
  private boolean kill(RunningProcesses processes, ContainerRecord record) {
    Optional<InitProcess> init = InitProcess.of(kernel, processes);
    if (init.isEmpty()) {
      killInCgroups(record);
      return false;
    }
    try (InitProcess process = init.get()) {
      var _ = process.signal(Signal.SIGKILL.number());
      // Before the wait: on cgroup v1 a frozen process, of a container that is paused, dies only
      // when it is let go on, which this does.
      killInCgroups(record);
      if (!process.awaitEnd(KILL_LIMIT)) {
        throw new ContainerException(
            ContainerException.Problem.BUSY,
            "kill process " + processes.initPid(),
            "it does not end: the kernel waits for something on its behalf",
            "see /proc/" + processes.initPid() + "/stack");
      }
      return true;
    }
  }

  /// Lets a running container go on that a brig had made stand still before it was killed.
  void endStandstill(ContainerPaths paths) {
    Optional<Fd> mark =
        kernel.files().openIfPresent(Fd.CWD, paths.standstill().toString(), OpenFlag.O_RDWR);
    if (mark.isEmpty()) {
      return;
    }
    try (Fd fd = mark.get()) {
      Optional<ContainerRecord> record = new ContainerFiles(kernel, paths).record();
      if (record.isPresent() && kernel.files().tryLock(fd, Lock.EXCLUSIVE)) {
        cgroups.thaw(record.get().cgroups());
        new StateFiles(kernel).remove(paths.standstill());
      }
    }
  }

  private void killInCgroups(ContainerRecord record) {
    if (!record.cgroups().isEmpty()) {
      cgroups.kill(record.cgroups());
    }
  }

  /// Removes a container that has ended or was never started. Crashing on the way leaves what
  /// [#removeRemains] removes.
  void remove(ContainerPaths paths, ContainerRecord record) {
    if (record.has(ContainerOption.RM) || record.has(ContainerOption.STEP)) {
      removeVolumes(record);
    }
    // First, so that the container is gone for all others and half of it is never taken for a
    // whole.
    var _ = kernel.tree().unlinkIfPresent(Fd.CWD, paths.record().toString());
    new Names(kernel, state.names()).release(record.name(), paths.id());
    trees.remove(paths.directory());
  }

  /// Removes the volumes that are a container's alone, while its record still names them.
  void removeVolumes(ContainerRecord record) {
    for (String volume : record.volumes()) {
      new Volumes(kernel, state.volumes(), trees).remove(volume);
    }
  }

  /// Removes what is left of a container without a record: its creation or its removal was cut
  /// short.
  void removeRemains(ContainerPaths paths) {
    new Names(kernel, state.names()).releaseAll(paths.id());
    trees.remove(paths.directory());
  }
}
