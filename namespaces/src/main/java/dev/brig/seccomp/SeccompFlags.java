package dev.brig.seccomp;

import dev.brig.error.UsageException;
import java.util.List;

/// The flags of seccomp(2) by name.
final class SeccompFlags {
  private SeccompFlags() {}

  /// Returns the bits of these flags.
  static int bits(List<String> flags, String origin) {
    int bits = 0;
    for (String flag : flags) {
      bits |=
          switch (flag) {
            case "SECCOMP_FILTER_FLAG_TSYNC" -> 1;
            case "SECCOMP_FILTER_FLAG_LOG" -> 2;
            case "SECCOMP_FILTER_FLAG_SPEC_ALLOW" -> 4;
            case "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV" -> 32;
            default -> throw new UsageException(origin, "unknown flag \"" + flag + "\"", "");
          };
    }
    return bits;
  }
}
