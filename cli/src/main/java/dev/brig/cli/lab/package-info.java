/// `brig lab`: lessons about isolation that check themselves, each inside a container of its own.
@NullMarked
package dev.brig.cli.lab;

import org.jspecify.annotations.NullMarked;
