package dev.brig.runtime.spec;

import java.util.List;

/// Intel's and AMD's resource control (`linux.intelRdt`). Absent, resctrl is not touched.
///
/// @param closId the class of service (`closID`), or empty for one named after the container
/// @param schemata lines for the `schemata` file, in order
/// @param l3CacheSchema the L3 line, or empty
/// @param memBwSchema the memory bandwidth line, `MB:…`, or empty
/// @param enableMonitoring whether a monitoring group is made for the container
/// @see <a href="https://docs.kernel.org/filesystems/resctrl.html">resctrl</a>
public record LinuxIntelRdt(
    String closId,
    List<String> schemata,
    String l3CacheSchema,
    String memBwSchema,
    boolean enableMonitoring) {
  /// Copies the list.
  public LinuxIntelRdt {
    schemata = List.copyOf(schemata);
  }
}
