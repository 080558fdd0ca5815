/// The files of containers as brig's own process sees them: roots put together without a place in
/// any mount namespace, the roots of running containers, and what was frozen of them.
@NullMarked
package dev.brig.runtime.files;

import org.jspecify.annotations.NullMarked;
