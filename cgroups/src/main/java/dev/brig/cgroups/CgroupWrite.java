package dev.brig.cgroups;

import java.nio.file.Path;

/// One write(2) to a file of a cgroup.
///
/// @param file the file
/// @param value what is written, without a newline
/// @param option what asked for it, as the user spells it, or empty for what every container has
/// @param why what it achieves, in words that can follow "brig: NAME: "
public record CgroupWrite(Path file, String value, String option, String why) {}
