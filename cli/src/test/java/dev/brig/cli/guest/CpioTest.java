package dev.brig.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Held against cpio(1), where it is installed.
class CpioTest {
  @TempDir Path folder;

  private String cpio(byte[] archive, String... options) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/cpio")), "needs cpio");
    Path file = folder.resolve("archive");
    Files.write(file, archive);
    ProcessBuilder builder = new ProcessBuilder("cpio", "--quiet");
    builder.command().addAll(List.of(options));
    Process process =
        builder
            .redirectInput(file.toFile())
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isZero();
    return out;
  }

  @Test
  void listsWhatWasAddedInOrder() throws IOException, InterruptedException {
    byte[] archive =
        new Cpio()
            .directory("dev")
            .device("dev/console", 5, 1)
            .file("init", new byte[] {1, 2, 3})
            .bytes();

    assertThat(cpio(archive, "-t", "-v"))
        .containsSubsequence("drwxr-xr-x", " dev\n", "crw-------", "5,", "1 ", "dev/console\n")
        .containsSubsequence("-rwxr-xr-x", " 3 ", " init\n");
  }

  @Test
  void keepsContentsOfEveryLength() throws IOException, InterruptedException {
    Cpio archive = new Cpio();
    for (int length = 0; length < 9; length++) {
      archive.file(
          "f" + length,
          "contents".substring(0, Math.min(8, length)).getBytes(StandardCharsets.UTF_8));
    }
    String _ = cpio(archive.bytes(), "-i");

    for (int length = 0; length < 9; length++) {
      assertThat(folder.resolve("f" + length))
          .hasContent("contents".substring(0, Math.min(8, length)));
    }
  }
}
