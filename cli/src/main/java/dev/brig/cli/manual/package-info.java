/// What is installed beside brig and made from its commands' own descriptions: manual pages and the
/// completion of command lines in a shell.
///
/// Text in, text out; which commands there are is the business of [dev.brig.cli].
@NullMarked
package dev.brig.cli.manual;

import org.jspecify.annotations.NullMarked;
