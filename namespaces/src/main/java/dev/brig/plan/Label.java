package dev.brig.plan;

/// A place in the program that a jump can name. A plan marks each label that it uses exactly once.
///
/// @param name unique in its plan, in words: `supervise`, `container failed`
public record Label(String name) {}
