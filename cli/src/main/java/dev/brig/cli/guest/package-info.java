/// Containers whose kernel is not the host's: what runs them, where it is found, and what it is
/// told.
@NullMarked
package dev.brig.cli.guest;

import org.jspecify.annotations.NullMarked;
