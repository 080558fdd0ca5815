package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brig.it.Brig.Ended;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The script `./brig`: finding, building and starting brig.
class LauncherIT {
  /// Copies what a build reads; a Maven that counts its calls and hands out the jar that is there.
  private static final String COPY =
      """
      set -e
      mkdir -p "$2/cli/target/quick" "$2/bin"
      cd "$1"
      tar --exclude=target --exclude=.git -cf - . | tar -C "$2" -xf -
      cat >"$2/bin/mvn" <<'EOF'
      #!/bin/sh
      echo called >>calls
      sleep 1
      mkdir -p cli/target/quick
      cp "JAR" cli/target/quick/brig.jar
      EOF
      sed -i "s|JAR|$1/cli/target/quick/brig.jar|" "$2/bin/mvn"
      chmod 755 "$2/bin/mvn"
      """;

  @TempDir static Path shared;
  @TempDir Path folder;

  /// A copy of the checkout that was started once is what some tests begin with.
  @BeforeAll
  static void brigIsBuilt() throws IOException, InterruptedException {
    Path root = Files.createTempDirectory("brig-launcher");
    try {
      assertThat(Brig.in(root).within(Duration.ofMinutes(5)).run("--version").status()).isZero();
    } finally {
      shell("rm -rf --one-file-system \"$1\"", root.toString());
    }
    start(copyOfTheCheckoutIn(shared), "--version");
  }

  @Test
  void noJvmWarningReachesTheUser() throws IOException, InterruptedException {
    Brig brig =
        Brig.in(folder)
            .with("JAVA_TOOL_OPTIONS", "-Dnoise=1")
            .with("JDK_JAVA_OPTIONS", "-Dnoise=1")
            .with("_JAVA_OPTIONS", "-Dnoise=1");

    Ended version = brig.run("--version");
    Ended list = brig.run("ps", "-a");

    assertThat(version.err()).isEmpty();
    assertThat(list.err()).isEmpty();
    assertThat(list.status()).isZero();
  }

  @Test
  void startsThroughASymbolicLinkFromAnyFolder() throws IOException, InterruptedException {
    Path link = Files.createSymbolicLink(folder.resolve("my brig"), brig());

    Ended ended = shell("cd / && \"$1\" --version", link.toString());

    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();
  }

  @Test
  void givesAContainerNoFileOfTheJvmForOneThatTheCallerClosed()
      throws IOException, InterruptedException {
    assumeTrue(isRoot(), "needs root");
    String run = "BRIG_ROOT=\"$2\" \"$1\" run -i --rm host sh -c ";
    String state = folder.resolve("state").toString();

    Ended input = shell(run + "'readlink /proc/$$/fd/0; :' <&-", brig().toString(), state);
    String told = "'f=$(readlink /proc/$$/fd/1); echo $f >&2' >&-";
    Ended output = shell(run + told, brig().toString(), state);
    Ended error = shell(run + "'readlink /proc/$$/fd/2; :' 2>&-", brig().toString(), state);

    assertThat(input.out()).isEqualTo("/dev/null\n");
    assertThat(output.err()).isEqualTo("/dev/null\n");
    assertThat(error.out()).isEqualTo("/dev/null\n");
  }

  @Test
  void startsWhereTheLocaleIsNotUtf8() throws IOException, InterruptedException {
    Ended ended = Brig.in(folder).with("LC_ALL", "POSIX").run("inspect", "söhn € *");

    assertThat(ended.err()).contains("söhn € *");
  }

  @Test
  void isSilentAndWorksWithoutItsArchive() throws IOException, InterruptedException {
    Path copy = builtCopy();
    Files.delete(copy.resolve("target/brig/brig.aot"));

    Ended ended = start(copy, "--version");

    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();
  }

  @Test
  void buildsOnceHoweverManyStartAtOnce() throws IOException, InterruptedException {
    Path copy = copyOfTheCheckout();
    List<Process> processes = new ArrayList<>();

    for (int i = 0; i < 4; i++) {
      processes.add(
          builder(copy, "--version").redirectErrorStream(true).redirectOutput(sink(i)).start());
    }
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }

    assertThat(Files.readAllLines(copy.resolve("calls"))).hasSize(1);
  }

  @Test
  void buildsAgainOnlyWhenASourceChanged() throws IOException, InterruptedException {
    Path copy = builtCopy();

    start(copy, "--version");
    assertThat(Files.readAllLines(copy.resolve("calls"))).hasSize(1);

    Files.writeString(copy.resolve("runtime/src/main/java/Extra.java"), "final class Extra {}\n");
    Ended changed = start(copy, "--version");
    assertThat(changed.err()).startsWith("brig: building").hasLineCount(1);
    start(copy, "--version");
    assertThat(Files.readAllLines(copy.resolve("calls"))).hasSize(2);

    // Nothing has to come of the third; that it is tried is enough.
    Files.writeString(copy.resolve("bin/mvn"), "#!/bin/sh\necho called >>calls\nexit 1\n");
    Files.delete(copy.resolve("runtime/src/main/java/Extra.java"));
    start(copy, "--version");
    assertThat(Files.readAllLines(copy.resolve("calls"))).hasSize(3);
  }

  @Test
  void aFailedBuildShowsItsErrorsAndLeavesNothingToStart()
      throws IOException, InterruptedException {
    Path copy = copyOfTheCheckout();
    Files.writeString(copy.resolve("bin/mvn"), "#!/bin/sh\necho '[ERROR] no such goal'\nexit 1\n");

    Ended ended = start(copy, "--version");

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains("[ERROR] no such goal", "build.log");
    assertThat(copy.resolve("target/brig")).doesNotExist();
  }

  @Test
  void anOrdinaryUserRunsWhatTheOwnerBuilt() throws IOException, InterruptedException {
    assumeTrue(isRoot(), "needs root, to become the user brigtest");
    Path copy = builtCopy();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    String become = "setpriv --reuid=brigtest --regid=brigtest --init-groups --reset-env ";

    Ended ended = shell(become + "\"$1\" --version", copy.resolve("brig").toString());
    assertThat(ended.err()).isEmpty();
    assertThat(ended.status()).isZero();

    shell("rm -r \"$1\"", copy.resolve("target").toString());
    Ended unbuilt = shell(become + "\"$1\" --version", copy.resolve("brig").toString());
    assertThat(unbuilt.status()).isEqualTo(125);
    assertThat(unbuilt.err()).contains("not built yet").hasLineCount(1);
  }

  @Test
  void saysWhatToInstallWhereNoJdkIs() throws IOException, InterruptedException {
    assumeTrue(isRoot(), "needs root, to hide the machine's JDKs");
    Path copy = copyOfTheCheckout();
    Path tools = Files.createDirectory(folder.resolve("tools"));
    String words =
        """
        for tool in sh find grep sed readlink id mkdir date flock rm; do
          ln -s "$(command -v $tool)" "$1/$tool"
        done
        mount -t tmpfs none /usr/lib/jvm
        env -i PATH="$1" HOME=/nowhere "$2" --version
        """;

    Ended ended =
        shell(
            "exec unshare --mount --propagation private sh -c \"$1\" - \"$2\" \"$3\"",
            words,
            tools.toString(),
            copy.resolve("brig").toString());

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err())
        .contains("needs a JDK 25", "apt-get install openjdk-25-jdk-headless", "sdk install java");
  }

  @Test
  void installsBelowAPrefix() throws IOException, InterruptedException {
    Path prefix = folder.resolve("prefix");

    Ended install = Brig.in(folder).run("install", prefix.toString());
    Ended installed = shell("\"$1\" --version", prefix.resolve("bin/brig").toString());

    assertThat(install.status()).isZero();
    assertThat(installed.err()).isEmpty();
    assertThat(installed.status()).isZero();
  }

  private static Path brig() {
    return Checkout.root().resolve("brig");
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private File sink(int number) {
    return folder.resolve("out-" + number).toFile();
  }

  private Path builtCopy() throws IOException, InterruptedException {
    Ended ended = shell("cp -a \"$1/a copy\" \"$2\"", shared.toString(), folder.toString());
    assertThat(ended.status()).as(ended.err()).isZero();
    return folder.resolve("a copy");
  }

  private Path copyOfTheCheckout() throws IOException, InterruptedException {
    return copyOfTheCheckoutIn(folder);
  }

  private static Path copyOfTheCheckoutIn(Path folder) throws IOException, InterruptedException {
    Path copy = Files.createDirectory(folder.resolve("a copy"));
    Ended ended = shell(COPY, Checkout.root().toString(), copy.toString());
    assertThat(ended.status()).as(ended.err()).isZero();
    return copy;
  }

  private static ProcessBuilder builder(Path copy, String... arguments) {
    List<String> words = new ArrayList<>(List.of(copy.resolve("brig").toString()));
    words.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().merge("PATH", "", (path, _) -> copy.resolve("bin") + ":" + path);
    builder.environment().put("BRIG_ROOT", copy.resolve("root").toString());
    return builder;
  }

  private static Ended start(Path copy, String... arguments)
      throws IOException, InterruptedException {
    return Shell.ended(builder(copy, arguments));
  }

  private static Ended shell(String script, String... arguments)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("sh", "-c", script, "-"));
    words.addAll(List.of(arguments));
    return Shell.ended(new ProcessBuilder(words));
  }
}
