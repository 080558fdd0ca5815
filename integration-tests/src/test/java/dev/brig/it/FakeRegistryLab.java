package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A registry that does what its test wants, and a brig that knows no other.
///
/// @param registry the registry; its image is `lab/image:1`
/// @param folder the test's own
record FakeRegistryLab(FakeRegistry registry, Path folder) {

  /// Starts the registry.
  static FakeRegistryLab in(Path folder) throws IOException, InterruptedException {
    FakeRegistry registry = new FakeRegistry(Path.of(Images.made("umoci")));
    registry.addImage("1");
    return new FakeRegistryLab(registry, folder);
  }

  /// Returns the name of the registry's image.
  String image() {
    return registry.host() + "/lab/image:1";
  }

  /// Returns the directory of brig's images.
  Path store() {
    return folder.resolve("state/images");
  }

  Brig brig() {
    return Brig.in(folder.resolve("state"))
        .with("BRIG_REGISTRY_TIMEOUT", "2")
        .with("CONTAINERS_REGISTRIES_CONF", "/dev/null")
        .with("HOME", folder.toString())
        .within(Duration.ofMinutes(2));
  }

  Brig.Ended pull(String... more) throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("pull", "-q", "--retry-delay", "10ms"));
    words.addAll(List.of(more));
    words.add(image());
    return brig().run(words.toArray(String[]::new));
  }

  /// Checks that the image is there and runs.
  void got(Brig.Ended ended) throws IOException, InterruptedException {
    assertThat(ended.err()).isEmpty();
    assertThat(ended.out()).hasSize(65);
    Brig.Ended ran = brig().run("run", "--rm", "--pull=never", image());
    assertThat(ran.out()).isEqualTo("hello from /data/deep as lab\n");
  }

  /// Checks that brig says what is wrong in one line, and perhaps the remedy in another.
  static void refused(Brig.Ended ended, String part) {
    assertThat(ended.err()).contains(part);
    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.out()).isEmpty();
    List<String> lines = ended.err().lines().toList();
    assertThat(lines.getFirst()).startsWith("brig: pull: ");
    assertThat(lines.subList(1, lines.size())).allMatch(line -> line.startsWith("hint: "));
    assertThat(lines).hasSizeLessThan(3);
  }

  void close() throws IOException, InterruptedException {
    registry.close();
    String state = folder.resolve("state").toString();
    var _ = Shell.ended(new ProcessBuilder("rm", "-rf", "--one-file-system", state));
  }
}
