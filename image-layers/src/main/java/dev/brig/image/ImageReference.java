package dev.brig.image;

import dev.brig.error.UsageException;
import org.jspecify.annotations.Nullable;

/// The name of an image in a store: `name`, `name:tag` or either with `@sha256:…`.
///
/// The grammar is that of registries, so that a stored name can become a registry's: lower-case
/// components joined by slashes, the first of which may be a host with a port.
///
/// @param name the name without tag, `registry.example:5000/team/app`
/// @param tag the tag; `latest` where none was given
/// @param digest the manifest's digest, where one was given
/// @see <a href="https://pkg.go.dev/github.com/distribution/reference">reference grammar</a>
public record ImageReference(String name, String tag, @Nullable Digest digest) {
  private static final int NAME_LENGTH_MAX = 255;
  private static final int TAG_LENGTH_MAX = 128;

  /// Reads a reference.
  ///
  /// @param text as the user wrote it
  /// @throws UsageException if it is not of the form
  public static ImageReference parse(String text) {
    int at = text.indexOf('@');
    Digest digest = at < 0 ? null : digestOf(text, text.substring(at + 1));
    String rest = at < 0 ? text : text.substring(0, at);
    // A colon before the last slash belongs to the port of a host.
    int colon = rest.lastIndexOf(':');
    boolean tagged = colon > rest.lastIndexOf('/');
    String name = tagged ? rest.substring(0, colon) : rest;
    String tag = tagged ? rest.substring(colon + 1) : "latest";
    check(isName(name) && name.length() <= NAME_LENGTH_MAX, text, "its name is not made of");
    check(isTag(tag), text, "its tag is not made of");
    return new ImageReference(name, tag, digest);
  }

  private static Digest digestOf(String text, String digest) {
    try {
      return Digest.parse(digest);
    } catch (ImageException e) {
      throw new UsageException("image \"" + text + "\"", e.failure().finding(), "");
    }
  }

  private static void check(boolean good, String text, String finding) {
    if (!good) {
      throw new UsageException(
          "image \"" + text + "\"",
          finding.contains("tag")
              ? finding + " letters, digits, \"_\", \".\" and \"-\""
              : finding + " lower-case letters and digits joined by \".\", \"_\", \"-\" or \"/\"",
          "the form is name[:tag][@sha256:…]; a path begins with \"/\" or \"./\"");
    }
  }

  private static boolean isName(String name) {
    int start = 0;
    boolean first = true;
    while (true) {
      int slash = name.indexOf('/', start);
      String part = slash < 0 ? name.substring(start) : name.substring(start, slash);
      if (!isComponent(part) && !(first && slash >= 0 && isHost(part))) {
        return false;
      }
      if (slash < 0) {
        return true;
      }
      start = slash + 1;
      first = false;
    }
  }

  // Letters and digits with one of ".", "_", "__" or any number of "-" between them.
  private static boolean isComponent(String part) {
    if (part.isEmpty() || !isAlphanumeric(part.charAt(0))) {
      return false;
    }
    int i = 0;
    while (i < part.length()) {
      if (isAlphanumeric(part.charAt(i))) {
        i++;
        continue;
      }
      int end = i;
      while (end < part.length() && !isAlphanumeric(part.charAt(end))) {
        end++;
      }
      String separator = part.substring(i, end);
      boolean dashes = separator.replace("-", "").isEmpty();
      boolean known = dashes || separator.equals(".") || separator.equals("_");
      if (end == part.length() || !(known || separator.equals("__"))) {
        return false;
      }
      i = end;
    }
    return true;
  }

  private static boolean isHost(String part) {
    int colon = part.indexOf(':');
    String host = colon < 0 ? part : part.substring(0, colon);
    for (int i = colon < 0 ? part.length() : colon + 1; i < part.length(); i++) {
      if (part.charAt(i) < '0' || part.charAt(i) > '9') {
        return false;
      }
    }
    for (int i = 0; i < host.length(); i++) {
      char c = Character.toLowerCase(host.charAt(i));
      boolean edge = i == 0 || i == host.length() - 1;
      if (!isAlphanumeric(c) && (edge || (c != '.' && c != '-'))) {
        return false;
      }
    }
    return !host.isEmpty() && colon != part.length() - 1;
  }

  private static boolean isTag(String tag) {
    if (tag.isEmpty() || tag.length() > TAG_LENGTH_MAX || ".-".indexOf(tag.charAt(0)) >= 0) {
      return false;
    }
    for (int i = 0; i < tag.length(); i++) {
      char c = tag.charAt(i);
      if (!isAlphanumeric(c) && !(c >= 'A' && c <= 'Z') && "_.-".indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  }

  /// Returns `name:tag`, under which an image stands in a store's index.
  public String tagged() {
    return name + ":" + tag;
  }

  /// Returns the reference as it is written.
  @Override
  public String toString() {
    return digest == null ? tagged() : tagged() + "@" + digest;
  }
}
