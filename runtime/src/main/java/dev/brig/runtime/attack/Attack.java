package dev.brig.runtime.attack;

import java.util.function.Consumer;

/// One way to try to get out of a container, or at the machine below it.
///
/// @param name how it is called, `chroot-walk`
/// @param tries what it tries, in a few words
/// @param answer which part of the isolation is to answer it
/// @param steps writes its system calls down
public record Attack(String name, String tries, String answer, Consumer<AttackSteps> steps) {}
