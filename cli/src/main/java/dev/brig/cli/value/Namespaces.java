package dev.brig.cli.value;

import dev.brig.cli.bundle.NamespaceMode;
import dev.brig.runtime.spec.LinuxIdMapping;

/// What options about namespaces take.
public final class Namespaces {
  private static final long ID_MAX = 0xffff_fffeL;
  private static final long KEPT_MAX = Integer.MAX_VALUE;

  private Namespaces() {}

  /// Reads `host`, `private`, `container:NAME` or `ns:PATH`.
  public static NamespaceMode mode(String option, String text) {
    return mode(option, text, "private", "");
  }

  /// Reads `host`, `private`, `keep-id[:uid=N,gid=N]`, `container:NAME` or `ns:PATH`.
  public static NamespaceMode user(String option, String text) {
    if (!text.equals("keep-id") && !text.startsWith("keep-id:")) {
      return mode(option, text, "private", "keep-id[:uid=N,gid=N], ");
    }
    long uid = -1;
    long gid = -1;
    int colon = text.indexOf(':');
    String[] parts = colon < 0 ? new String[0] : text.substring(colon + 1).split(",", -1);
    for (String part : parts) {
      int equals = part.indexOf('=');
      String value = part.substring(equals + 1);
      switch (equals < 0 ? "" : part.substring(0, equals)) {
        case "uid" -> uid = Numbers.parse(option, value, 0, KEPT_MAX);
        case "gid" -> gid = Numbers.parse(option, value, 0, KEPT_MAX);
        default -> throw Wrong.value(option, text, "write keep-id, or keep-id:uid=N,gid=N");
      }
    }
    return new NamespaceMode.KeepId(uid, gid);
  }

  /// Reads `none`, `host`, `container:NAME` or `ns:PATH`.
  public static NamespaceMode network(String option, String text) {
    return mode(option, text, "none", "");
  }

  /// Reads `CONTAINER-ID:HOST-ID:COUNT`.
  public static LinuxIdMapping mapping(String option, String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 3) {
      throw Wrong.value(option, text, "not a range of ids; write CONTAINER-ID:HOST-ID:COUNT");
    }
    long inside = Numbers.parse(option, parts[0], 0, ID_MAX);
    long outside = Numbers.parse(option, parts[1], 0, ID_MAX);
    long count = Numbers.parse(option, parts[2], 1, ID_MAX - Math.max(inside, outside) + 1);
    return new LinuxIdMapping(inside, outside, count);
  }

  private static NamespaceMode mode(String option, String text, String own, String others) {
    if (text.equals("host")) {
      return NamespaceMode.HOST;
    }
    if (text.equals(own)) {
      return NamespaceMode.PRIVATE;
    }
    if (text.startsWith("container:") && text.length() > "container:".length()) {
      return new NamespaceMode.Shared(text.substring("container:".length()));
    }
    if (text.startsWith("ns:/")) {
      return new NamespaceMode.Joined(text.substring("ns:".length()));
    }
    throw Wrong.value(
        option,
        text,
        "must be one of " + own + ", " + others + "host, container:NAME and ns:/PATH");
  }
}
