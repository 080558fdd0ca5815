/// Images as the OCI image specification describes them: names, digests, documents, all plain
/// values.
///
/// Everything here is parsed from strangers' bytes and cannot be invalid once it exists. Files,
/// archives and layers are touched by the packages `store` and `layer`; what a runtime makes of a
/// configuration is not known here.
///
/// @see <a href="https://github.com/opencontainers/image-spec">OCI image specification</a>
@NullMarked
package dev.brig.image;

import org.jspecify.annotations.NullMarked;
