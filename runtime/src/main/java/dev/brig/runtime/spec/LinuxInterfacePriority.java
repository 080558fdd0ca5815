package dev.brig.runtime.spec;

/// The priority of traffic through one interface (`linux.resources.network.priorities[]`).
///
/// @param name the interface's name in the runtime's network namespace
/// @param priority the priority, 0 to 2^32-1
public record LinuxInterfacePriority(String name, long priority) {}
