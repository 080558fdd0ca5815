package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The store of images after kills and power cuts.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashIT {
  private static final long SEED = Long.getLong("brig.seed", 20_26);
  private static final String WHOLE = "everything is whole\n";
  private static final String IMAGE = "lab/crash:1";

  @TempDir static Path folder;

  private RegistryServer registry;

  /// What is killed. In the words `@layout`, `@archive` and `@registry` stand for the same image.
  enum Crash {
    IMPORT("import @layout lab/crash:1"),
    IMPORT_DIRECTORIES("import @layout lab/crash:1"),
    LOAD("load -i @archive"),
    PULL("pull -q --tls-verify=false @registry/lab/crash:1"),
    COMMIT(
        "commit work lab/crash:1",
        "import @layout lab/base:1\n"
            + "run --name work --user 0 --entrypoint /bin/busybox lab/base:1 sh -c"
            + " busybox·rm·-r·/data/kept;·for·i·in·1·2·3·4·5·6;·do·busybox·dd·if=/dev/urandom"
            + "·of=/data/$i·bs=1M·count=4;·done"),
    PRUNE("image prune -a", "import @layout lab/crash:1"),
    REMOVE("rmi lab/crash:1", "import @layout lab/crash:1");

    private final String words;
    private final String before;

    Crash(String words) {
      this(words, "");
    }

    Crash(String words, String before) {
      this.words = words;
      this.before = before;
    }

    private boolean removes() {
      return this == PRUNE || this == REMOVE;
    }
  }

  @BeforeAll
  void fillRegistry() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    registry = RegistryServer.start(Files.createTempDirectory(folder, "registry"), "");
    String layout = Images.made("umoci");
    RegistryLab.fill(layout, registry.host() + "/" + IMAGE, "--dest-tls-verify=false");
    String made = "docker-archive:" + folder.resolve("crash.tar") + ":" + IMAGE;
    shell("skopeo copy -q oci:\"$1\":latest \"$2\"", layout, made);
  }

  @AfterAll
  void remove() throws IOException, InterruptedException {
    if (registry != null) {
      registry.close();
    }
    shell("rm -rf --one-file-system \"$1\"/*", folder.toString());
  }

  private static String shell(String script, String... words)
      throws IOException, InterruptedException {
    return RegistryLab.good(RegistryLab.shell(script, words));
  }

  private String[] words(String line) throws IOException, InterruptedException {
    String layout = Images.made("umoci");
    return Stream.of(line.split(" ", -1))
        .map(word -> word.replace("@layout", layout).replace("@registry", registry.host()))
        .map(word -> word.replace("@archive", folder.resolve("crash.tar").toString()))
        .map(word -> word.replace('·', ' '))
        .toArray(String[]::new);
  }

  private static String name(Crash crash, String host) {
    return crash == Crash.PULL ? host + "/" + IMAGE : IMAGE;
  }

  /// A store at one path, which every round of a test starts with as it was at the first.
  private final class Store {
    private final Crash crash;
    private final Path state;
    private final Path seed;
    private final Path cut;
    private final Brig brig;

    Store(Crash crash) throws IOException, InterruptedException {
      this.crash = crash;
      this.state = folder.resolve("state-" + crash);
      this.seed = folder.resolve("seed-" + crash);
      this.cut = folder.resolve("cut-" + crash);
      Brig any = RegistryLab.brig(folder, "home").with("BRIG_ROOT", state.toString());
      this.brig = crash == Crash.IMPORT_DIRECTORIES ? any.with("BRIG_LAYERS", "directory") : any;
      shell("rm -rf --one-file-system \"$1\" \"$2\"; mkdir \"$1\"", "" + state, "" + seed);
      for (String line : crash.before.lines().toList()) {
        var _ = RegistryLab.good(brig.run(words(line)));
      }
      shell("mv \"$1\" \"$2\"", "" + state, "" + seed);
      takeUp(seed);
    }

    private void takeUp(Path from) throws IOException, InterruptedException {
      shell("rm -rf --one-file-system \"$1\"; cp -a \"$2\" \"$1\"", "" + state, "" + from);
    }

    /// Returns how long the command takes that nobody stops, in microseconds.
    private long usualMicros() throws IOException, InterruptedException {
      long start = System.nanoTime();
      var _ = RegistryLab.good(brig.run(words(crash.words)));
      return (System.nanoTime() - start) / 1000;
    }

    /// Stops the command after a while, copies the store as it is then, and kills it.
    private void interrupt(long micros) throws IOException, InterruptedException {
      takeUp(seed);
      Process process =
          brig.builder(words(crash.words))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        var _ = process.waitFor(micros, TimeUnit.MICROSECONDS);
        String copy =
            "kill -STOP $1 2>/dev/null || :; rm -rf --one-file-system \"$3\"; cp -a \"$2\" \"$3\"";
        shell(copy, "" + process.pid(), "" + state, "" + cut);
      } finally {
        process.destroyForcibly().waitFor();
      }
    }

    private void isWholeAndCompletes(String what) throws IOException, InterruptedException {
      Brig.Ended verified = brig.run("image", "verify");
      assertThat(verified.out()).as("%s: %s", what, verified.err()).isEqualTo(WHOLE);
      Brig.Ended again = brig.run(words(crash.words));
      boolean gone = crash == Crash.REMOVE && again.err().contains("there is no such image");
      assertThat(again.status() == 0 || gone).as("%s: %s", what, again.err()).isTrue();
      verified = brig.run("image", "verify");
      assertThat(verified.out()).as("%s: %s", what, verified.err()).isEqualTo(WHOLE);
      try (Stream<Path> left = Files.list(state.resolve("images/tmp"))) {
        assertThat(left).as(what).isEmpty();
      }
      if (crash.removes()) {
        assertThat(brig.run("images", "-q").out()).as(what).isEmpty();
        return;
      }
      String file = crash == Crash.COMMIT ? "/data/6" : "/data/replaced";
      String size = "[ -s " + file + " ] && busybox ls /data";
      Brig.Ended run =
          brig.run(
              "run",
              "--rm",
              "--user",
              "0",
              "--entrypoint",
              "",
              name(crash, registry.host()),
              "sh",
              "-c",
              size);
      assertThat(run.status()).as("%s: %s%s", what, run.out(), run.err()).isZero();
      assertThat(run.out().contains("kept")).as(what).isEqualTo(crash != Crash.COMMIT);
    }
  }

  private void dies(Crash crash, int times) throws IOException, InterruptedException {
    Store store = new Store(crash);
    long usualMicros = store.usualMicros();
    Random random = new Random(SEED + crash.name().hashCode());
    for (int i = 0; i < times; i++) {
      long micros = (long) (random.nextDouble() * usualMicros);
      String what = "seed %d, %s number %d after %d µs".formatted(SEED, crash, i, micros);
      store.interrupt(micros);
      store.isWholeAndCompletes("killed, " + what);
      store.takeUp(store.cut);
      store.isWholeAndCompletes("power cut, " + what);
    }
  }

  /// Each command is stopped at a random moment; a copy of the store as it is then is what a power
  /// cut leaves. Then it is killed. Both stores are whole, and the command completes on both.
  @ParameterizedTest
  @EnumSource(
      value = Crash.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"IMPORT_DIRECTORIES", "LOAD"})
  void noMomentToDieLeavesDamage(Crash crash) throws IOException, InterruptedException {
    dies(crash, 1);
  }

  @ParameterizedTest
  @EnumSource(Crash.class)
  @Tag("thorough")
  void noMomentOfManyToDieLeavesDamage(Crash crash) throws IOException, InterruptedException {
    dies(crash, Integer.getInteger("brig.crashes", 30));
  }
}
