package dev.brig.runtime.spec;

/// One resource limit (`process.rlimits[]`).
///
/// @param type the limit's name as setrlimit(2) has it: `RLIMIT_NOFILE`
/// @param soft the soft limit, an unsigned 64-bit number; -1 is `RLIM_INFINITY`
/// @param hard the hard limit, an unsigned 64-bit number; -1 is `RLIM_INFINITY`
/// @see <a href="https://man7.org/linux/man-pages/man2/prlimit.2.html">prlimit(2)</a>
public record PosixRlimit(String type, long soft, long hard) {}
