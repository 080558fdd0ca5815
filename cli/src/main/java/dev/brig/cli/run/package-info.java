/// Making and starting containers: the options of `run`, `create` and `exec`, what they lead to,
/// and the way from an image to a running program.
///
/// The conversion to config.json is in `dev.brig.cli.bundle`; commands that only look at or act on
/// containers that exist are in `dev.brig.cli`.
@NullMarked
package dev.brig.cli.run;

import org.jspecify.annotations.NullMarked;
