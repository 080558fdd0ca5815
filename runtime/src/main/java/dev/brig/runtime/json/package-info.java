/// JSON documents read and written as a stream, with the place of what is wrong.
///
/// Gson's streaming reader and writer behind the few operations that the records of this module
/// need. What a document means does not belong here.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc8259">RFC 8259</a>
@NullMarked
package dev.brig.runtime.json;

import org.jspecify.annotations.NullMarked;
