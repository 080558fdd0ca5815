package dev.brig.cli.build;

import dev.brig.image.build.IgnoreFile;
import java.nio.file.Path;

/// The directory that a build sees.
///
/// @param directory its absolute path
/// @param ignore what of it is left out
record BuildContext(Path directory, IgnoreFile ignore) {}
