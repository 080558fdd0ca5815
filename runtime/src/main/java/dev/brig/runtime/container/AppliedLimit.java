package dev.brig.runtime.container;

/// A limit that was asked for and where the kernel enforces it, for people to read in `inspect`.
///
/// @param name what was asked for, as the user wrote it: `--memory`
/// @param value how much, as the kernel was told
/// @param file the file that was written
public record AppliedLimit(String name, String value, String file) {}
