package dev.brig.runtime.spec;

/// The processors that a process may use while it is set up and afterwards
/// (`process.execCPUAffinity`).
///
/// @param initial the list of processors (`0-3,7`) before the process is moved to its cgroup, or
///   empty
/// @param last the list after it was moved, `final` in JSON, or empty
public record CpuAffinity(String initial, String last) {}
