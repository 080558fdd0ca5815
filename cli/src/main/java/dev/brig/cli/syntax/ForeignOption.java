package dev.brig.cli.syntax;

/// Options of docker and podman that brig has no counterpart for, and what does instead. A spelling
/// that is merely near, `--pull` for `-p`, would lead astray.
final class ForeignOption {
  private ForeignOption() {}

  /// Returns what to do instead of giving an unknown option, or empty if it is nobody's.
  ///
  /// @param word the option as it was written, perhaps with its value
  static String instead(String word) {
    int equals = word.indexOf('=');
    String name = equals < 0 ? word : word.substring(0, equals);
    if (name.startsWith("--health-") || name.equals("--no-healthcheck")) {
      return "brig runs no health checks; brig exec CONTAINER COMMAND asks a container";
    }
    return switch (name) {
      case "-p", "--publish", "-P", "--publish-all", "--expose" ->
          "brig forwards no ports; --network host shares this machine's network";
      case "--ip", "--ip6", "--mac-address", "--network-alias", "--link" ->
          "a container has loopback only; --network host shares this machine's network";
      case "--restart" ->
          "no daemon is there to start it again; let a unit of systemd run brig run, Restart=always";
      default -> "";
    };
  }
}
