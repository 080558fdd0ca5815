package dev.brig.diagnose;

/// What was found on looking for a cause.
///
/// @param text what is the matter, a sentence without capital and full stop
/// @param hint what to do about it, or empty
record Finding(String text, String hint) {}
