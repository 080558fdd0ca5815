/// Containers of OCI bundles on disk: one directory each below the runtime's root, with the
/// configuration as it was when the container was created, what is known of it, and the gate at
/// which it waits to be started.
///
/// How they are made is `dev.brig.runtime.launch`'s part; brig's own containers, with images and
/// writable layers, are in `dev.brig.runtime.container`.
@NullMarked
package dev.brig.runtime.oci;

import org.jspecify.annotations.NullMarked;
