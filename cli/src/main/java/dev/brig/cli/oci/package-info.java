/// brig as an OCI runtime: the command line of runc, for podman, containerd and whoever else makes
/// bundles. It is started by the name `brig-oci`; brig's own commands of the same names are in the
/// packages beside this one.
@NullMarked
package dev.brig.cli.oci;

import org.jspecify.annotations.NullMarked;
