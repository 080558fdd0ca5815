/// The compiler of plans: a [dev.brig.plan.Plan] becomes a static ELF executable.
///
/// The way of a plan through this package: [Compiler] walks the steps once, has an emitter write
/// the machine code of each, and collects texts, structures and variables in memory sections; the
/// image writer then gives every section its address and patches what refers to it. What a plan is
/// to achieve is not known here, and nothing here makes a system call.
@NullMarked
package dev.brig.compiler;

import org.jspecify.annotations.NullMarked;
