package dev.brig.plan;

/// An operation of a plan and the reason for it.
///
/// @param op what is done
/// @param why what it achieves, in a few words that can follow "brig: NAME: ": `mount proc on
///   /proc`. It is the "step" of an error message.
/// @param option what asked for it: an option as the user spells it (`--hostname`), a field of
///   config.json (`/linux/maskedPaths/3`), or empty for what every container has
public record Step(Op op, String why, String option) {}
