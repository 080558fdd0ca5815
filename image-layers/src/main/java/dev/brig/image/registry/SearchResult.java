package dev.brig.image.registry;

/// A repository that a search has found.
///
/// @param registry the registry
/// @param name the full name
/// @param description what its owner says of it, or empty
/// @param stars how many users have marked it
/// @param official whether the registry's owner vouches for it
public record SearchResult(
    String registry, String name, String description, long stars, boolean official) {}
