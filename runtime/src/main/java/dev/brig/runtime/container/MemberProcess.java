package dev.brig.runtime.container;

/// A process of a container.
///
/// @param uid the user id that it has inside
/// @param pid its number inside
/// @param parentPid its parent's number inside, 0 if the parent is outside
/// @param hostPid its number on the host
/// @param state its state in one letter; proc_pid_stat(5)
/// @param cpuSeconds how much processor time it has had
/// @param command its command line, or its name in brackets if it has none
public record MemberProcess(
    long uid, int pid, int parentPid, int hostPid, String state, long cpuSeconds, String command) {}
