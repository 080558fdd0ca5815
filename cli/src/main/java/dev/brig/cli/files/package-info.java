/// The commands about the files of containers: what has changed, what goes in and out, what is
/// kept.
@NullMarked
package dev.brig.cli.files;

import org.jspecify.annotations.NullMarked;
