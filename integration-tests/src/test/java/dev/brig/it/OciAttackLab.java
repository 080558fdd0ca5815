package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Attacks on `brig-oci`, tried in bundles whose root an attacker has prepared.
///
/// Scripts make that root with `root`: a copy, at `r`. `b FILTER` makes the bundle, in which `sh`
/// says what runs and `bind` makes a mount; `try` runs it. What an attack would reach on the host
/// is in `host`, of which `host` prints what there is and was not there before. Nothing is aimed at
/// the machine: of /proc only files that nobody can write to.
///
/// @param lab the bundles
record OciAttackLab(OciLab lab) {
  private static final String PRELUDE =
      """
      root() {
        rm -rf --one-file-system r host vol; cp -a rootfs r; mkdir -p host/dev vol/self
        echo canary >host/canary; chmod 644 host/canary
      }
      b() {
        bundle b 'def sh($s): .process.args = ["sh", "-c", $s];
          def without($p): .mounts |= map(select(.destination | startswith($p) | not));
          def bind($s; $d): .mounts += [{destination: $d, type: "bind", options: ["bind"],
            source: (if $s[:1] == "/" then $s else env.LAB + "/" + $s end)}];
          .root.path = env.LAB + "/r" | '"$1"
      }
      try() {
        timeout 30 $RT run -b b $NAME </dev/null; echo "status $?"
        $RT delete -f $NAME
      }
      host() { find host ! -path host ! -path host/dev ! -path host/canary; stat -c '%u %a' host/canary; cat host/canary; }
      say() { "$@" >/dev/null 2>&1; echo $?; }
      """;

  static final String HARMLESS = "0 644\ncanary\n";

  static OciAttackLab in(Path folder) {
    return new OciAttackLab(new OciLab(folder));
  }

  /// Makes what the attacks need, or skips them where something is missing.
  void prepare() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/usr/bin/gcc")), "needs gcc");
    lab.prepare();
    Path source =
        Checkout.root().resolve("integration-tests/src/test/resources/dev/brig/it/attack.c");
    Brig.Ended made =
        Shell.ended(
            new ProcessBuilder(
                List.of(
                    "gcc",
                    "-static",
                    "-O2",
                    "-o",
                    lab.folder().resolve("rootfs/bin/attack").toString(),
                    source.toString())));
    assertThat(made.status()).as(made.err()).isZero();
    // Who is root of a user namespace only has to reach the root.
    Brig.Ended opened = ContainerLab.shell("chmod 755 \"$1\"", lab.folder().toString());
    assertThat(opened.status()).isZero();
  }

  /// Tries an attack on brig.
  Brig.Ended brig(String script) throws IOException, InterruptedException {
    return lab.brig(PRELUDE + script);
  }

  /// Tries an attack on runc.
  Brig.Ended runc(String script) throws IOException, InterruptedException {
    return lab.runc(PRELUDE + script);
  }

  /// Tries an attack on brig, which refuses to make the container.
  ///
  /// @param why what brig says
  void refused(String script, String why) throws IOException, InterruptedException {
    Brig.Ended brig = brig(script + "\ntry; ls -A brig-state; host");
    assertThat(brig.out()).as(brig.err()).isEqualTo("status 1\n" + HARMLESS);
    assertThat(brig.err()).contains(why);
  }

  void remove() throws IOException, InterruptedException {
    lab.remove();
  }
}
