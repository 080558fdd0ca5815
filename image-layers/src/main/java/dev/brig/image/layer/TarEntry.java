package dev.brig.image.layer;

/// A file as an archive describes it.
///
/// @param name the path as the archive has it, bytes that are no UTF-8 kept as
///   [dev.brig.linux.KernelText] keeps them; not checked and not to be used as a path as it is
/// @param content what kind of file it is
/// @param attributes owner, mode, time and extended attributes
public record TarEntry(String name, TarContent content, Attributes attributes) {}
