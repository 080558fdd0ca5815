package dev.brig.linux;

/// A name in a directory.
///
/// @param name the name, without directory; never `.` or `..`
/// @param type the kind of file as the directory tells it, which is [FileType#UNKNOWN] on some file
///   systems
/// @param inode the inode number
public record DirectoryEntry(String name, FileType type, long inode) {}
