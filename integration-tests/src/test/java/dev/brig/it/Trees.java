package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// Root file systems, listed and compared.
final class Trees {
  /// Lists a tree entry by entry: type, mode, owner, times, size, device, links that are one file,
  /// extended attributes, content. Without what a runtime puts there.
  private static final String LIST =
      """
      cd "$1" && export LC_ALL=C QUOTING_STYLE=escape || exit
      entries() {
        find . -mindepth 1 -xdev \\( -path ./proc -o -path ./sys -o -path ./dev \\) -prune -o \
          ! -path ./etc ! -path ./etc/hosts ! -path ./etc/hostname ! -path ./etc/resolv.conf "$@"
      }
      entries ! -type d -exec stat -c '%d:%i %N %f %u:%g %.9Y %s %t:%T' {} + | sort -k 2 |
        awk '!($1 in number) { number[$1] = ++count } { $1 = number[$1]; print }'
      entries -type d -exec stat -c '%N %f %u:%g %.9Y' {} + | sort
      # overlayfs for user namespaces keeps its marks where containers of root see them.
      entries -exec getfattr -d -m - -e hex -h {} + |
        awk '/^# file: / { name = $0; next } /./ && !/^user.overlay.opaque=/ { print name, $0 }' | sort
      entries -type f -exec sha256sum {} + | sort -k 2
      """;

  private Trees() {}

  /// Returns a tree's listing, a line for each fact.
  static String listing(String tree) throws IOException, InterruptedException {
    Brig.Ended ended = Shell.ended(new ProcessBuilder("sh", "-c", LIST, "-", tree));
    assertThat(ended.err()).isEmpty();
    return ended.out();
  }

  /// Compares two listings and shows only the lines that one of them lacks.
  static void same(String theirs, String ours) {
    assertThat(theirs.lines()).hasSizeGreaterThan(15);
    List<String> missing = new ArrayList<>(theirs.lines().toList());
    missing.removeAll(new HashSet<>(ours.lines().toList()));
    List<String> extra = new ArrayList<>(ours.lines().toList());
    extra.removeAll(new HashSet<>(theirs.lines().toList()));
    assertThat(missing).as("missing in the container, where there is instead %s", extra).isEmpty();
    assertThat(ours).isEqualTo(theirs);
  }
}
