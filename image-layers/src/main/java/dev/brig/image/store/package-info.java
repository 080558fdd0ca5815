/// The image store on disk: an OCI image layout with its layers unpacked beside it.
///
/// Which files there are, who may touch them when, and how an image gets in and out. How a layer is
/// unpacked belongs to `dev.brig.image.layer`, and what containers do with an image to nobody here.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md">image
///   layout</a>
@NullMarked
package dev.brig.image.store;

import org.jspecify.annotations.NullMarked;
