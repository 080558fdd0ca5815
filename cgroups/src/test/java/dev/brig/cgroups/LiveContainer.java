package dev.brig.cgroups;

import dev.brig.linux.Errno;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A process in the cgroups that a plan gives it, on this machine: what brig's program does, done
/// from Java and a shell.
final class LiveContainer implements AutoCloseable {
  private static final long TIMEOUT_MILLIS = 5_000;

  private final CgroupFs fs = new KernelCgroupFs(Kernel.ofThisMachine());
  private final Resources resources;
  private final CgroupPlan plan;
  private final Cgroup cgroup;

  LiveContainer(Resources resources) {
    String path = "brig/live-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    CgroupHost host = new CgroupProbe(fs).probe(resources, path);
    this.resources = resources;
    this.plan = new CgroupPlanner(Naming.OPTION, Privilege.ROOT).plan(resources, host, path);
    this.cgroup = new Cgroup(fs, plan.leaves());
    for (Path parent : plan.parents()) {
      try {
        fs.makeDirectory(parent);
      } catch (KernelException e) {
        if (e.errno() != Errno.EEXIST) {
          throw e;
        }
      }
    }
    plan.leaves().forEach(fs::makeDirectory);
    for (CgroupWrite write : plan.writes()) {
      fs.write(write.file(), write.value());
    }
  }

  Cgroup cgroup() {
    return cgroup;
  }

  CgroupPlan plan() {
    return plan;
  }

  /// Starts a shell command inside.
  Process start(String command) throws IOException {
    StringBuilder script = new StringBuilder();
    List<Path> joins = new ArrayList<>(plan.joins());
    if (plan.hasUnified()) {
      joins.add(plan.unified().resolve("cgroup.procs"));
    }
    for (Path join : joins) {
      script.append("echo 0 > ").append(join).append(" && ");
    }
    return new ProcessBuilder("sh", "-c", script + "exec sh -c \"$0\"", command)
        .redirectErrorStream(true)
        .start();
  }

  /// Runs a shell command inside to its end and returns what it wrote.
  String run(String command) throws IOException, InterruptedException {
    Process process = start(command);
    byte[] out = process.getInputStream().readAllBytes();
    if (!process.waitFor(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS)) {
      throw new AssertionError("not done: " + command);
    }
    return new String(out, StandardCharsets.UTF_8);
  }

  /// Returns what brig would say at the end.
  List<String> reasons() {
    StringBuilder dump = new StringBuilder();
    for (EventFile event : plan.events()) {
      dump.append(EventDump.HEADER).append(event.file()).append('\n');
      dump.append(fs.readIfThere(event.file()));
    }
    return new ExitReasons(Naming.OPTION).say(resources, EventDump.parse(dump.toString()));
  }

  /// Tells whether the supervising program would find nothing to say.
  boolean isQuiet() {
    for (EventFile event : plan.events()) {
      if (!fs.readIfThere(event.file()).contains(event.quiet())) {
        return false;
      }
    }
    return true;
  }

  /// Kills what is left and removes the cgroups.
  @Override
  public void close() {
    cgroup.kill();
    cgroup.remove(TIMEOUT_MILLIS);
    for (Path leaf : plan.leaves()) {
      if (fs.exists(leaf)) {
        throw new AssertionError("left behind: " + leaf);
      }
    }
  }
}
