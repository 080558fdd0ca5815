/// Layers: reading tar archives, and turning them into directories that overlayfs stacks.
///
/// Everything that touches a stranger's file names is here, and all of it goes through descriptors
/// below a root. Where layers are kept, and which ones make an image, belongs to
/// `dev.brig.image.store`.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/layer.md">image layer
///   filesystem changeset</a>
@NullMarked
package dev.brig.image.layer;

import org.jspecify.annotations.NullMarked;
