package dev.brig.runtime.spec;

/// A condition on an argument of a system call (`linux.seccomp.syscalls[].args[]`).
///
/// @param index which argument, 0 to 5
/// @param value what it is compared with, or the mask of `SCMP_CMP_MASKED_EQ`; unsigned
/// @param valueTwo what the masked argument is compared with; unsigned
/// @param op the comparison
public record LinuxSeccompArg(int index, long value, long valueTwo, SeccompOperator op) {}
