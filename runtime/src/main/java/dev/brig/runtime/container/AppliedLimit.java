package dev.brig.runtime.container;

/// A limit, asked for or brig's default, and where the kernel enforces it, for people to read in
/// `inspect`.
///
/// @param name the option that sets it: `--memory`
/// @param value how much, as the kernel was told
/// @param file the file that was written
public record AppliedLimit(String name, String value, String file) {}
