package dev.brig.image.build;

/// A document that stands in a build file below the instruction that uses it.
///
/// @param name the word that ends it, which is also the name of the file that COPY makes of it
/// @param word how the instruction writes it: `<<-"EOF"`, the descriptor's number in front included
/// @param text its lines, leading tabs taken away where `<<-` asks for it
/// @param expansion whether variables in it are replaced where a COPY makes a file of it
public record Heredoc(String name, String word, String text, Expansion expansion) {

  /// What happens to variables in a document.
  public enum Expansion {
    /// They are replaced: the name stands there without quotes.
    EXPANDED,
    /// The text stays as it is: the name is quoted.
    LITERAL
  }
}
