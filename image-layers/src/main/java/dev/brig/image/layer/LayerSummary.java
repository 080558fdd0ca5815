package dev.brig.image.layer;

/// What came of unpacking a layer.
///
/// @param dependsOnLower whether what was unpacked may look otherwise above other layers:
///   directories were implied, something was removed, or a file was linked
/// @param opaqueRoot whether the layer hides everything below it
/// @param entries how many entries the archive had
/// @param losses what the layer asked for and did not get
public record LayerSummary(
    boolean dependsOnLower, boolean opaqueRoot, long entries, Losses losses) {}
