package dev.brig.image.registry;

import java.util.List;

/// The `Link` header, by which a registry says where a list goes on.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc8288#section-3">RFC 8288, section 3</a>
final class Links {
  private Links() {}

  /// Returns the target of the link whose relation is `next`, as it is written, or empty.
  ///
  /// @param headers the values of all headers of this name
  static String next(List<String> headers) {
    for (String header : headers) {
      int open = header.indexOf('<');
      while (open >= 0) {
        int close = header.indexOf('>', open);
        if (close < 0) {
          break;
        }
        int following = header.indexOf('<', close);
        String parameters = header.substring(close, following < 0 ? header.length() : following);
        String plain = parameters.replace("\"", "").replace(" ", "");
        if (plain.contains(";rel=next")) {
          return header.substring(open + 1, close);
        }
        open = following;
      }
    }
    return "";
  }
}
