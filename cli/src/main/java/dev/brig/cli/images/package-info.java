/// The commands about images.
@NullMarked
package dev.brig.cli.images;

import org.jspecify.annotations.NullMarked;
