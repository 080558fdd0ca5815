/// The commands that look at containers and act on those that exist.
///
/// Making and starting them is in `dev.brig.cli.run`.
@NullMarked
package dev.brig.cli.container;

import org.jspecify.annotations.NullMarked;
