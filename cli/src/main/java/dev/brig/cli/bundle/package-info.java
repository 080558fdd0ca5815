/// From an image's configuration and the options of `run` to an OCI runtime configuration: the
/// image specification's conversion chapter, with what podman adds by default.
///
/// Everything here is a pure function of values. Whatever has to be looked up first, a device's
/// numbers, another container's namespaces, the passwd file inside the image, arrives as a value;
/// files, system calls and the environment do not belong here.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/conversion.md">conversion
///   to OCI runtime configuration</a>
@NullMarked
package dev.brig.cli.bundle;

import org.jspecify.annotations.NullMarked;
