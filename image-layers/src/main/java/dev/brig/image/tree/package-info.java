/// Trees of files: reading them, comparing them, copying them from and to archives.
///
/// Everything goes through descriptors, a single name at a time or below a root that no link leads
/// out of, since whoever owns the tree may change it meanwhile.
@NullMarked
package dev.brig.image.tree;

import org.jspecify.annotations.NullMarked;
