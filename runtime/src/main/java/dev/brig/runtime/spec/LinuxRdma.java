package dev.brig.runtime.spec;

import org.jspecify.annotations.Nullable;

/// The limits for one RDMA device (`linux.resources.rdma.*`; the key is the device's name).
///
/// @param hcaHandles how many handles, 0 to 2^32-1; null leaves the kernel's setting
/// @param hcaObjects how many objects, 0 to 2^32-1; null leaves the kernel's setting
public record LinuxRdma(@Nullable Long hcaHandles, @Nullable Long hcaObjects) {}
