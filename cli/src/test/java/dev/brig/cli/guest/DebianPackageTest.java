package dev.brig.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brig.error.UsageException;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Held against packages that dpkg-deb(1) makes.
class DebianPackageTest {
  @TempDir Path folder;

  @BeforeEach
  void needsDpkg() {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/dpkg-deb")), "needs dpkg-deb");
  }

  private Path made(String compression) throws IOException, InterruptedException {
    Path tree = folder.resolve("tree");
    Files.createDirectories(tree.resolve("DEBIAN"));
    Files.createDirectories(tree.resolve("boot"));
    Files.writeString(
        tree.resolve("DEBIAN/control"),
        """
        Package: kernel
        Version: 1
        Architecture: all
        Maintainer: m
        Depends: linux-image-6 (= 1)
        Description: d
        """);
    Files.writeString(tree.resolve("boot/vmlinuz-6"), "image");
    Path deb = folder.resolve("kernel.deb");
    Process process =
        new ProcessBuilder("dpkg-deb", "-Z" + compression, "-b", tree.toString(), deb.toString())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return deb;
  }

  private static List<String> names(TarReader tar) {
    List<String> names = new ArrayList<>();
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      names.add(entry.name());
    }
    return names;
  }

  @ParameterizedTest
  @ValueSource(strings = {"xz", "gzip", "none"})
  void readsWhatItSaysAndItsFiles(String compression) throws IOException, InterruptedException {
    DebianPackage found = new DebianPackage(made(compression));

    assertThat(found.control())
        .startsWith("Package: kernel\n")
        .contains("\nDepends: linux-image-6 (");
    assertThat(found.data(DebianPackageTest::names)).contains("./boot/vmlinuz-6");
  }

  @Test
  void saysWhatIsNoPackage() throws IOException, InterruptedException {
    Path text = folder.resolve("text.deb");
    Files.writeString(text, "text");
    Path cut = folder.resolve("cut.deb");
    Files.write(cut, Arrays.copyOf(Files.readAllBytes(made("xz")), 100));
    Path none = folder.resolve("none.deb");

    assertThatThrownBy(new DebianPackage(text)::control)
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("no package of Debian's");
    assertThatThrownBy(() -> new DebianPackage(cut).data(DebianPackageTest::names))
        .isInstanceOf(UsageException.class);
    assertThatThrownBy(new DebianPackage(none)::control)
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("can't be read");
  }
}
