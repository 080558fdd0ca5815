/// brig's command line: the composition root, the list of commands, and the one place where
/// failures become text and exit statuses.
///
/// What a command does belongs into the package of its subject.
@NullMarked
package dev.brig.cli;

import org.jspecify.annotations.NullMarked;
