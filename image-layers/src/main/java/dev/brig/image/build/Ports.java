package dev.brig.image.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Ports as EXPOSE has them: `80`, `53/udp`, `8000-8010/tcp`.
final class Ports {
  private static final int PORT_MAX = 65535;

  private Ports() {}

  /// Returns the ports in the image configuration's form, `80/tcp`.
  static List<String> of(Place place, String word) {
    int slash = word.indexOf('/');
    String numbers = slash < 0 ? word : word.substring(0, slash);
    String protocol = slash < 0 ? "tcp" : word.substring(slash + 1).toLowerCase(Locale.ROOT);
    if (!List.of("tcp", "udp", "sctp").contains(protocol)) {
      throw place.wrong(
          "EXPOSE " + word + ": no protocol \"" + protocol + "\"", "one of tcp, udp and sctp");
    }
    int dash = numbers.indexOf('-');
    int first = number(place, word, dash < 0 ? numbers : numbers.substring(0, dash));
    int last = dash < 0 ? first : number(place, word, numbers.substring(dash + 1));
    if (last < first) {
      throw place.wrong("EXPOSE " + word + ": the range is empty", "");
    }
    List<String> ports = new ArrayList<>();
    for (int port = first; port <= last; port++) {
      ports.add(port + "/" + protocol);
    }
    return ports;
  }

  private static int number(Place place, String word, String text) {
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= PORT_MAX) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Told below.
    }
    throw place.wrong(
        "EXPOSE " + word + ": no port from 1 to 65535", "write EXPOSE 80, 53/udp or 8000-8010");
  }
}
