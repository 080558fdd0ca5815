/// `brig build`: the steps of a build file done one after the other, in containers and as layers.
@NullMarked
package dev.brig.cli.build;

import org.jspecify.annotations.NullMarked;
