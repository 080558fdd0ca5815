/// How brig shows values to people: tables, sizes, times, templates.
///
/// Deciding what is shown belongs to the commands.
@NullMarked
package dev.brig.cli.output;

import org.jspecify.annotations.NullMarked;
