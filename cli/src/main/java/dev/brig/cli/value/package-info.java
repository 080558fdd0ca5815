/// The texts that option values are: sizes, rates, mounts, identities, each with one parser.
///
/// A parser takes the option's name and the text, and returns the value or throws one
/// [dev.brig.error.UsageException] that names option, text and what is allowed. It reads no file,
/// no clock and no environment: what a text means on this machine does not belong here.
@NullMarked
package dev.brig.cli.value;

import org.jspecify.annotations.NullMarked;
