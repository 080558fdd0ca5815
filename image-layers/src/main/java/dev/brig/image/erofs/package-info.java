/// EROFS images: writing one in a single pass from a stream of files, and reading one without
/// mounting it.
///
/// Only the format is here: what a layer's entries, whiteouts and links mean belongs to
/// `dev.brig.image.layer`.
///
/// @see <a href="https://erofs.docs.kernel.org/en/latest/core_ondisk.html">EROFS core on-disk
///   format</a>
@NullMarked
package dev.brig.image.erofs;

import org.jspecify.annotations.NullMarked;
