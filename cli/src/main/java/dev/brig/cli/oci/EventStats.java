package dev.brig.cli.oci;

import dev.brig.cgroups.CgroupDetails;
import dev.brig.cgroups.CgroupStats;
import dev.brig.runtime.json.JsonOut;
import dev.brig.runtime.oci.BundleContainer;
import java.io.StringWriter;
import java.util.Map;

/// Writes what a container uses, as callers of runc's `events` read it.
final class EventStats {
  private static final long NANOS = 1000;

  private final StringWriter text = new StringWriter();
  private final JsonOut out = JsonOut.onOneLine(text);
  private final CgroupStats stats;
  private final CgroupDetails details;

  private EventStats(CgroupStats stats, CgroupDetails details) {
    this.stats = stats;
    this.details = details;
  }

  /// Returns what a container uses now, on one line.
  static String of(BundleContainer container) {
    EventStats writer = new EventStats(container.cgroup().stats(), container.cgroup().details());
    return writer.write(container.record().id());
  }

  private String write(String id) {
    out.beginObject();
    out.required("type", "stats");
    out.required("id", id);
    out.beginObject("data");
    cpu();
    out.beginObject("cpuset");
    out.endObject();
    memory();
    out.beginObject("pids");
    known("current", stats.pids().current());
    known("limit", stats.pids().limit());
    out.endObject();
    out.beginObject("blkio");
    disks("ioServiceBytesRecursive", CgroupDetails.Kind.BYTES);
    disks("ioServicedRecursive", CgroupDetails.Kind.OPERATIONS);
    out.endObject();
    hugePages();
    out.beginObject("intel_rdt");
    out.endObject();
    out.beginArray("network_interfaces");
    out.endArray();
    out.endObject();
    out.endObject();
    return text.toString();
  }

  private void cpu() {
    CgroupStats.Cpu cpu = stats.cpu();
    out.beginObject("cpu");
    out.beginObject("usage");
    micros("total", cpu.usageMicros());
    micros("kernel", details.systemMicros());
    micros("user", details.userMicros());
    out.endObject();
    out.beginObject("throttling");
    known("periods", cpu.periods());
    known("throttledPeriods", cpu.throttledPeriods());
    micros("throttledTime", cpu.throttledMicros());
    out.endObject();
    out.endObject();
  }

  private void memory() {
    CgroupStats.Memory memory = stats.memory();
    out.beginObject("memory");
    Long cache = details.memory().getOrDefault("cache", details.memory().get("file"));
    if (cache != null) {
      out.required("cache", cache);
    }
    out.beginObject("usage");
    if (memory.limitBytes() != CgroupStats.UNKNOWN) {
      // What Go's runtimes say of no limit: the highest number.
      out.unsigned("limit", memory.limitBytes());
    }
    known("usage", memory.currentBytes());
    known("max", memory.peakBytes());
    out.required("failcnt", 0);
    out.endObject();
    if (details.swapBytes() >= 0) {
      out.beginObject("swap");
      out.required("usage", details.swapBytes());
      out.required("failcnt", 0);
      out.endObject();
    }
    out.beginObject("raw");
    for (Map.Entry<String, Long> line : details.memory().entrySet()) {
      out.unsigned(line.getKey(), line.getValue());
    }
    out.endObject();
    out.endObject();
  }

  private void disks(String name, CgroupDetails.Kind kind) {
    out.beginArray(name);
    for (CgroupDetails.Disk disk : details.disks()) {
      if (disk.kind() == kind) {
        out.beginObject();
        out.required("major", disk.major());
        out.required("minor", disk.minor());
        out.required("op", disk.operation());
        out.required("value", disk.count());
        out.endObject();
      }
    }
    out.endArray();
  }

  private void hugePages() {
    out.beginObject("hugetlb");
    for (Map.Entry<String, CgroupDetails.HugePages> size : details.hugePages().entrySet()) {
      out.beginObject(size.getKey());
      known("usage", size.getValue().currentBytes());
      known("max", size.getValue().peakBytes());
      out.required("failcnt", size.getValue().refusals());
      out.endObject();
    }
    out.endObject();
  }

  private void micros(String name, long micros) {
    if (micros >= 0) {
      out.required(name, micros * NANOS);
    }
  }

  private void known(String name, long value) {
    if (value >= 0) {
      out.required(name, value);
    }
  }
}
