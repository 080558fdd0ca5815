package dev.brig.cli.bundle;

/// The rate that one device is limited to.
///
/// @param path the device node on the host
/// @param rate bytes or operations a second
public record DeviceRate(String path, long rate) {}
