package dev.brig.runtime.spec;

/// The limit on huge pages of one size (`linux.resources.hugepageLimits[]`).
///
/// @param pageSize the size as the kernel's file names have it: `2MB`, `1GB`
/// @param limit bytes, unsigned
public record LinuxHugepageLimit(String pageSize, long limit) {}
