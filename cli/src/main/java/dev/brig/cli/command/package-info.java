/// What every command of brig has in common: its form, what it is given, its exit status.
///
/// The commands themselves are in `dev.brig.cli.run`, `dev.brig.cli.container` and
/// `dev.brig.cli.images`.
@NullMarked
package dev.brig.cli.command;

import org.jspecify.annotations.NullMarked;
