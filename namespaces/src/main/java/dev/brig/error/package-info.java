/// The one exception family of brig and the failure that each member carries.
///
/// Rendering a failure for people is the command line's work and does not belong here.
@NullMarked
package dev.brig.error;

import org.jspecify.annotations.NullMarked;
