package dev.brig.cli.oci;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `update`.
enum UpdateOption implements Option {
  RESOURCES("-r --resources", "FILE", "the limits as JSON, config-linux.md#control-groups; -"),
  MEMORY("--memory", "BYTES", "memory"),
  MEMORY_SWAP("--memory-swap", "BYTES", "memory and swap together"),
  MEMORY_RESERVATION("--memory-reservation", "BYTES", "memory that is kept"),
  CPU_SHARES("--cpu-share --cpu-shares", "WEIGHT", "weight among others"),
  CPU_QUOTA("--cpu-quota", "MICROS", "processor time in a period"),
  CPU_PERIOD("--cpu-period", "MICROS", "the period"),
  CPU_BURST("--cpu-burst", "MICROS", "unused time that may be used later"),
  CPU_IDLE("--cpu-idle", "0|1", "run only when nobody else wants to"),
  CPU_RT_RUNTIME("--cpu-rt-runtime", "MICROS", "real-time processor time in a real-time period"),
  CPU_RT_PERIOD("--cpu-rt-period", "MICROS", "the real-time period"),
  CPUSET_CPUS("--cpuset-cpus", "LIST", "processors"),
  CPUSET_MEMS("--cpuset-mems", "LIST", "memory nodes"),
  PIDS_LIMIT("--pids-limit", "N", "processes and threads"),
  BLKIO_WEIGHT("--blkio-weight", "WEIGHT", "weight among others at disks"),
  L3_CACHE_SCHEMA("--l3-cache-schema", "SCHEMA", "refused: brig divides no caches"),
  MEM_BW_SCHEMA("--mem-bw-schema", "SCHEMA", "refused: brig divides no memory bandwidth");

  private final OptionText text;

  UpdateOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
