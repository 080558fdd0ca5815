package dev.brig.cli.bundle;

/// A line for the container's /etc/hosts.
///
/// @param name the host's name
/// @param address its IP address
public record HostEntry(String name, String address) {}
