/// brig as its users meet it, through the command line, and the rules that its source text and its
/// classes keep.
///
/// A test of one class belongs beside that class, in its own module.
@NullMarked
package dev.brig.it;

import org.jspecify.annotations.NullMarked;
