package dev.brig.it;

import java.util.ArrayList;
import java.util.List;

/// The shapes that a plan takes: each has calls that the others lack.
enum Shape {
  FULL(
      "run --rm --memory 64m --pids-limit 50 -v /usr:/data:ro --tmpfs /mnt --read-only"
          + " --workdir /var/tmp/made IMAGE true"),
  INIT("run --rm --init IMAGE true"),
  USER_NAMESPACE("run --rm --userns private IMAGE true"),
  DETACHED("run -d --rm IMAGE true"),
  TERMINAL("run --rm -it IMAGE true"),
  STARTED("start c"),
  CHROOT("run --rm --isolation chroot IMAGE true"),
  BARE("run --rm --isolation bare IMAGE true"),
  EXEC("exec c true"),
  EXEC_DETACHED("exec -d c true"),
  EXEC_TERMINAL("exec -it c true"),
  ROOTLESS("run --rm IMAGE true");

  private final String line;

  Shape(String line) {
    this.line = line;
  }

  /// Returns the command line, without `brig`.
  ///
  /// @param image what the container is made from
  List<String> words(String image) {
    List<String> words = new ArrayList<>();
    for (String word : line.split(" ", -1)) {
      words.add(word.equals("IMAGE") ? image : word);
    }
    return words;
  }

  boolean isOnTerminal() {
    return this == TERMINAL || this == EXEC_TERMINAL;
  }

  /// Tells whether its caller is gone while the container runs.
  boolean isBackground() {
    return this == DETACHED || this == STARTED || this == EXEC_DETACHED;
  }

  /// Tells whether it needs the running container `c`.
  boolean isExec() {
    return this == EXEC || this == EXEC_DETACHED || this == EXEC_TERMINAL;
  }
}
