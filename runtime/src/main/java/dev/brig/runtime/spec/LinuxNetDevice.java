package dev.brig.runtime.spec;

/// A network device of the host that moves into the container (`linux.netDevices.*`; the key is its
/// name on the host).
///
/// @param name its name inside the container; empty keeps the name
public record LinuxNetDevice(String name) {}
