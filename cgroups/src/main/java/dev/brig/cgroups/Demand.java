package dev.brig.cgroups;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// Which controllers a wish needs.
final class Demand {
  private Demand() {}

  /// Returns the controllers that these resources need.
  static Set<Controller> of(Resources resources) {
    Set<Controller> demand = EnumSet.noneOf(Controller.class);
    if (!resources.memory().equals(Resources.Memory.NONE)) {
      demand.add(Controller.MEMORY);
    }
    Resources.Cpu cpu = resources.cpu();
    if (!cpu.withSets("", "").equals(Resources.Cpu.NONE)) {
      demand.add(Controller.CPU);
    }
    if (!cpu.cpus().isEmpty() || !cpu.mems().isEmpty()) {
      demand.add(Controller.CPUSET);
    }
    if (!resources.pids().equals(Resources.Pids.NONE)) {
      demand.add(Controller.PIDS);
    }
    if (!resources.blockIo().equals(Resources.BlockIo.NONE)) {
      demand.add(Controller.BLKIO);
    }
    if (!resources.hugePages().isEmpty()) {
      demand.add(Controller.HUGETLB);
    }
    Resources.Traffic traffic = resources.traffic();
    if (Resources.isSet(traffic.classId())) {
      demand.add(Controller.NET_CLS);
    }
    if (!traffic.priorities().isEmpty()) {
      demand.add(Controller.NET_PRIO);
    }
    if (!traffic.rdma().isEmpty()) {
      demand.add(Controller.RDMA);
    }
    if (!resources.devices().isEmpty()) {
      demand.add(Controller.DEVICES);
    }
    for (Map.Entry<String, String> entry : resources.unified().entrySet()) {
      demand.addAll(Controller.parse(prefix(entry.getKey()), ' ', Version.V2));
    }
    return demand;
  }

  /// Returns the controller's name in the name of a cgroup v2 file: what stands before the first
  /// dot.
  static String prefix(String file) {
    int dot = file.indexOf('.');
    return dot < 0 ? file : file.substring(0, dot);
  }
}
