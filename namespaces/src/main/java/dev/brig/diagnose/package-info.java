/// Finding out why a system call failed: from its errno, its arguments and a look at what they
/// name, to the sentence that a user needs and the remedy.
///
/// Nothing here changes anything, and nothing here fails: what can't be looked at is not said.
/// Making the calls that fail, and printing what was found, do not belong here.
@NullMarked
package dev.brig.diagnose;

import org.jspecify.annotations.NullMarked;
