package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page of `brig compare` as a browser shows it.
class ComparePageIT {
  private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
  private static final int WIDTH = 900;
  private static final int HEIGHT = 1200;

  // Those of the first, third and fourth arm in Style.java, and of the page.
  private static final int LIGHT_PAGE = 0xffffff;
  private static final int DARK_PAGE = 0x161616;
  private static final List<Integer> LIGHT = List.of(0x000000, 0xb26b00);
  private static final List<Integer> DARK = List.of(0xffffff, 0xe69f00);

  @TempDir Path folder;

  @BeforeEach
  void requireChromium() {
    assumeTrue(Files.isExecutable(CHROMIUM), "SKIPPED: no chromium (Debian: chromium)");
    assumeTrue("root".equals(System.getProperty("user.name")), "SKIPPED: not root");
  }

  private BufferedImage shot(Path page, String... options)
      throws IOException, InterruptedException {
    Path file = folder.resolve("shot.png");
    List<String> words =
        new ArrayList<>(
            List.of(
                CHROMIUM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--user-data-dir=" + folder.resolve("profile"),
                "--window-size=" + WIDTH + "," + HEIGHT,
                "--screenshot=" + file));
    words.addAll(List.of(options));
    words.add(page.toUri().toString());
    Brig.Ended ended = Shell.ended(new ProcessBuilder(words));
    assertThat(file).as(ended.err()).exists();
    return ImageIO.read(file.toFile());
  }

  /// Returns the colours of a part of a picture.
  private static Set<Integer> colors(BufferedImage image, int top, int bottom) {
    Set<Integer> colors = new TreeSet<>();
    for (int y = top; y < bottom; y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        colors.add(image.getRGB(x, y) & 0xffffff);
      }
    }
    return colors;
  }

  /// Returns the rows in which a colour is.
  private static Set<Integer> rows(BufferedImage image, int color) {
    Set<Integer> rows = new TreeSet<>();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if ((image.getRGB(x, y) & 0xffffff) == color) {
          rows.add(y);
        }
      }
    }
    return rows;
  }

  private Path page() throws IOException, InterruptedException {
    Path directory = folder.resolve("result");
    Brig.Ended ended =
        Brig.in(folder.resolve("state"))
            .within(Duration.ofMinutes(2))
            .run(
                "compare",
                "--rungs",
                "chroot",
                "--metrics",
                "start,sys",
                "--rounds",
                "6",
                "-o",
                directory.toString());
    assertThat(ended.status()).as(ended.err()).isZero();
    return directory.resolve("report.html");
  }

  @Test
  void isSeenInLightAndInDark() throws IOException, InterruptedException {
    Path page = page();

    BufferedImage light = shot(page, "--blink-settings=preferredColorScheme=1");
    BufferedImage dark = shot(page, "--blink-settings=preferredColorScheme=0");

    assertThat(light.getRGB(1, 1) & 0xffffff).isEqualTo(LIGHT_PAGE);
    assertThat(dark.getRGB(1, 1) & 0xffffff).isEqualTo(DARK_PAGE);
    for (int color : LIGHT) {
      assertThat(rows(light, color)).as("rows with " + Integer.toHexString(color)).isNotEmpty();
    }
    for (int color : DARK) {
      assertThat(rows(dark, color)).as("rows with " + Integer.toHexString(color)).isNotEmpty();
    }
    // A whole chart: the arm's mark is in several charts, one below the other.
    TreeSet<Integer> marks = new TreeSet<>(rows(light, LIGHT.getLast()));
    assertThat(marks.last() - marks.first()).isGreaterThan(100);
    assertThat(colors(light, 0, HEIGHT)).hasSizeGreaterThan(20);
    assertThat(colors(dark, 0, HEIGHT)).doesNotContain(LIGHT.getLast());
  }
}
