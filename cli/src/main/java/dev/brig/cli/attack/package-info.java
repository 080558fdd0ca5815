/// `brig attack` and `brig audit`: what a container keeps apart, and what it shares.
@NullMarked
package dev.brig.cli.attack;

import org.jspecify.annotations.NullMarked;
