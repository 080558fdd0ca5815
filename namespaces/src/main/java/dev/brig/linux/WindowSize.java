package dev.brig.linux;

/// The size of a terminal's window in characters.
///
/// @param rows lines, 0 to 65535; 0 if unknown
/// @param columns characters in a line, 0 to 65535; 0 if unknown
public record WindowSize(int rows, int columns) {}
