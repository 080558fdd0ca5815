@org.jspecify.annotations.NullMarked
package dev.brig.cli;
