/// Containers on disk: their names and identifiers, their files, their state, and the operations on
/// a container that lives or has ended.
///
/// What a container is allowed and how it is started belongs to the specification's model and to
/// the plan, not here; nor do images: a container knows its layers as directories.
@NullMarked
package dev.brig.runtime.container;

import org.jspecify.annotations.NullMarked;
