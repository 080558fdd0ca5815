/// The OCI runtime specification's `config.json` as Java values, and its reader and writer.
///
/// The records carry the specification's names (version 1.3, the Linux part) and its units. Absence
/// follows one rule: a string that is absent is empty, a list or a map that is absent is empty, a
/// number or an object is `@Nullable` only where the specification tells absent from zero. Sections
/// for other platforms (`windows`, `solaris`, `zos`, `freebsd`, `vm`) are unknown properties here,
/// and the specification has unknown properties ignored.
///
/// What a configuration makes brig do does not belong here, nor does brig's own state.
///
/// @see <a
///   href="https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md">config.md</a>
@NullMarked
package dev.brig.runtime.spec;

import org.jspecify.annotations.NullMarked;
