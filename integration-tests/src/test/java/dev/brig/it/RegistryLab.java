package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What the tests of registries share: brig with a state of its own, and skopeo, which fills
/// registries and looks at them.
final class RegistryLab {
  private RegistryLab() {}

  static void fill(String layout, String name, String... options)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("skopeo", "copy", "-q"));
    words.addAll(List.of(options));
    words.add("oci:" + layout + ":latest");
    words.add("docker://" + name);
    Brig.Ended copied = Shell.ended(new ProcessBuilder(words));
    assertThat(copied.status()).as(copied.err()).isZero();
  }

  static Brig.Ended shell(String script, String... words) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-ec", script, "-");
    builder.command().addAll(List.of(words));
    return Shell.ended(builder);
  }

  /// brig with a store, a home and an auth file of its own.
  static Brig brig(Path folder, String name) throws IOException {
    Path home = Files.createDirectories(folder.resolve(name));
    return Brig.in(home.resolve("state"))
        .with("HOME", home.toString())
        .with("XDG_RUNTIME_DIR", home.toString())
        .with("CONTAINERS_REGISTRIES_CONF", "/dev/null")
        .within(Duration.ofMinutes(2));
  }

  static String good(Brig.Ended ended) {
    assertThat(ended.status()).as(ended.err()).isZero();
    return ended.out();
  }

  static void refused(Brig.Ended ended, String part) {
    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).contains(part);
    assertThat(ended.err().lines().filter(line -> line.startsWith("brig: "))).hasSize(1);
  }

  static String digestAt(String name) throws IOException, InterruptedException {
    Brig.Ended inspected =
        Shell.ended(
            new ProcessBuilder(
                "skopeo",
                "inspect",
                "--tls-verify=false",
                "--format={{.Digest}}",
                "docker://" + name));
    return good(inspected).strip();
  }
}
