package dev.brig.it;

import static dev.brig.it.CompareLab.find;
import static dev.brig.it.CompareLab.result;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/// `brig compare`, on short runs: what it finds, what it shows, and what it leaves.
@Isolated("what it looks at takes time")
class CompareIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir Path folder;

  private CompareLab lab;

  @BeforeEach
  void makeState() {
    lab = CompareLab.in(folder);
  }

  private Path compared(String name, String... arguments) throws IOException, InterruptedException {
    return lab.compared(name, arguments);
  }

  @Test
  void findsADelayInTheArmAndThePhaseThatHaveIt() throws IOException, InterruptedException {
    String[] words = {
      "--rungs", "chroot", "--metrics", "start,stop,sys.stat", "--rounds", "80", "--delay"
    };
    String[] all = Stream.concat(Stream.of(words), Stream.of("chroot=5ms")).toArray(String[]::new);

    JsonObject result = result(compared("delayed", all));

    JsonArray stats = result.getAsJsonArray("stats");
    JsonObject start = find(stats, "rung", "chroot", "metric", "start");
    assertThat(start.get("verdict").getAsString()).isEqualTo("more");
    assertThat(start.get("min").getAsDouble()).isGreaterThanOrEqualTo(5);
    assertThat(find(stats, "rung", "chroot", "metric", "stop").get("min").getAsDouble())
        .isLessThan(5);
    // Only chance could call the control's start anything but the same: its own noise is the bar.
    for (String metric : List.of("start", "stop", "sys.stat")) {
      assertThat(find(stats, "rung", "control", "metric", metric).get("verdict").getAsString())
          .isIn("same", "unstable");
    }
    assertThat(find(stats, "rung", "bare", "metric", "start").get("min").getAsDouble())
        .isLessThan(5);
    assertThat(result.get("command").getAsString()).contains("--delay chroot=5ms", "--seed 1");
  }

  @Test
  void measuresTheSameProgramOnTheSameFilesInEachArm() throws IOException, InterruptedException {
    measuresTheSameInEachArm("--metrics", "start,mem");
  }

  @Test
  @Tag("thorough")
  void measuresAllOfTheSameProgramOnTheSameFiles() throws IOException, InterruptedException {
    measuresTheSameInEachArm("--quick");
  }

  private void measuresTheSameInEachArm(String... what) throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/usr/bin/bwrap")), "SKIPPED: no bwrap");

    String[] words = {"--rungs", "container,namespaces,chroot,bwrap", "--rounds", "5"};
    String[] all = Stream.concat(Stream.of(words), Stream.of(what)).toArray(String[]::new);

    JsonObject result = result(compared("arms", all));

    for (String arm : List.of("bare", "control", "chroot", "bwrap", "namespaces", "container")) {
      JsonObject rung = find(result.getAsJsonArray("rungs"), "id", arm);
      assertThat(rung.get("reason").getAsString()).as(arm).isEmpty();
      JsonObject start = find(result.getAsJsonArray("stats"), "rung", arm, "metric", "start");
      assertThat(start.get("n").getAsInt()).isEqualTo(5);
      assertThat(find(result.getAsJsonArray("stats"), "rung", arm, "metric", "mem.instance"))
          .isNotNull();
    }
    JsonArray rungs = result.getAsJsonArray("rungs");
    assertThat(fact(rungs, "bare", "namespaces of its own")).isEqualTo("none");
    assertThat(fact(rungs, "chroot", "root")).isEqualTo("its own");
    assertThat(fact(rungs, "container", "namespaces of its own")).contains("mnt", "pid", "net");
    assertThat(fact(rungs, "container", "seccomp")).isEqualTo("filtered");
    assertThat(fact(rungs, "namespaces", "seccomp")).isEqualTo("none");
    assertThat(fact(rungs, "container", "file system"))
        .isEqualTo(fact(rungs, "bare", "file system"));
    assertThat(Integer.parseInt(fact(rungs, "container", "capabilities")))
        .isLessThan(Integer.parseInt(fact(rungs, "chroot", "capabilities")));
    assertThat(find(rungs, "id", "runc").get("reason").getAsString()).isEqualTo("not asked for");
    assertThat(result.get("probeSha256").getAsString()).matches("[0-9a-f]{64}");
    assertThat(folder.resolve("state/compare")).doesNotExist();
  }

  private static String fact(JsonArray rungs, String arm, String name) {
    return find(rungs, "id", arm).getAsJsonObject("facts").get(name).getAsString();
  }

  @Test
  void showsARecordedComparisonAgainByteByByte() throws IOException, InterruptedException {
    Path first = compared("first", "--rungs", "chroot", "--rounds", "5", "--metrics", "sys,mem");
    String json = first.resolve("result.json").toString();

    Path second = compared("second", "--replay", json);
    Path third = compared("third", "--replay", second.resolve("result.json").toString());

    for (String file : List.of("result.json", "samples.csv", "table.txt", "report.html")) {
      assertThat(second.resolve(file)).as(file).hasSameBinaryContentAs(first.resolve(file));
      assertThat(third.resolve(file)).as(file).hasSameBinaryContentAs(first.resolve(file));
    }
    Brig.Ended same = lab.brig().run("compare", "--diff", json, json);
    assertThat(same.out()).matches("0 of \\d+ figures differ beyond noise\n");
    assertThat(same.status()).isZero();
  }

  @Test
  void saysWhichFiguresHaveChanged() throws IOException, InterruptedException {
    Path first = compared("first", "--rungs", "chroot", "--rounds", "8", "--metrics", "cpu,start");
    JsonObject changed = result(first);
    for (JsonElement element : changed.getAsJsonArray("samples")) {
      JsonObject sample = element.getAsJsonObject();
      if (sample.get("rung").getAsString().equals("chroot")
          && sample.get("metric").getAsString().equals("start")) {
        sample.addProperty("value", 300 * sample.get("value").getAsDouble());
      }
    }
    Path second = Files.writeString(folder.resolve("changed.json"), changed.toString());

    Brig.Ended ended =
        lab.brig()
            .run("compare", "--diff", first.resolve("result.json").toString(), second.toString());

    assertThat(ended.out()).contains("chroot  start", "300×", "1 of 6 figures differ");
    assertThat(ended.status()).isZero();
  }

  @Test
  void doesNotBelieveANoisyMachineIfAskedToBeStrict() throws IOException, InterruptedException {
    Path first = compared("first", "--rungs", "chroot", "--rounds", "5", "--metrics", "cpu");
    JsonObject noisy = result(first);
    noisy.getAsJsonObject("noise").addProperty("steal", 50);
    Path file = Files.writeString(folder.resolve("noisy.json"), noisy.toString());

    Brig.Ended strict = lab.brig().run("compare", "--strict", "--replay", file.toString());
    Brig.Ended plain = lab.brig().run("compare", "--replay", file.toString());

    assertThat(strict.status()).isEqualTo(3);
    // Other noise, if there was some, is said before, and lines are wrapped.
    assertThat(strict.out().replace('\n', ' '))
        .contains("Noise: RED", "the hypervisor took 50.0 % of the time");
    assertThat(plain.status()).isZero();
    assertThat(plain.out()).isEqualTo(strict.out());
  }

  @Test
  void namesWhatIsNotInstalledAndGoesOn() throws IOException, InterruptedException {
    String hide =
        "for p in bin/bwrap bin/podman bin/crun sbin/runc; do"
            + " [ ! -e /usr/$p ] || mount --bind /dev/null /usr/$p; done; exec \"$@\"";
    lab = lab.under("unshare", "-m", "sh", "-c", hide, "-");

    Path directory = compared("missing", "--rounds", "1", "--metrics", "sys.stat");

    JsonArray rungs = result(directory).getAsJsonArray("rungs");
    for (String name : List.of("bwrap", "runc", "crun", "podman")) {
      JsonObject rung = find(rungs, "id", name);
      assertThat(rung.get("available").getAsBoolean()).isFalse();
      assertThat(rung.get("reason").getAsString()).contains(name + " is not installed", "apt");
    }
    String table = Files.readString(directory.resolve("table.txt"));
    assertThat(table).contains("bwrap: not compared: bwrap is not installed");
    assertThat(Files.readString(directory.resolve("report.html")))
        .contains("not compared: runc is not installed");
    Brig.Ended list = lab.brig().run("compare", "--list");
    assertThat(list.out()).containsPattern("runc +runc run[^\n]+no: runc is not installed");
    assertThat(list.status()).isZero();
  }

  @Test
  void writesAPageThatNeedsNothingElse()
      throws IOException, InterruptedException, ParserConfigurationException, SAXException {
    Path directory = compared("page", "--rungs", "chroot", "--rounds", "5", "--quick");
    String page = Files.readString(directory.resolve("report.html"));

    assertThat(page)
        .doesNotContain("http:", "https:", "src=", "url(", "@import", "<script", "<link");
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    Document document =
        factory.newDocumentBuilder().parse(new ByteArrayInputStream(page.getBytes(UTF_8)));
    List<String> sections = new ArrayList<>();
    for (Element section : elements(document, "section")) {
      sections.add(section.getAttribute("id"));
    }
    assertThat(sections)
        .containsExactly(
            "verdict",
            "ladder",
            "metrics",
            "memory",
            "isolation",
            "figures",
            "literature",
            "method");
    List<Element> charts = elements(document, "svg");
    assertThat(charts).hasSize(17 - 1 - 1 + 2 - 1 + 1);
    for (Element chart : charts) {
      assertThat(chart.getAttribute("role")).isEqualTo("img");
      Element title = (Element) chart.getElementsByTagName("title").item(0);
      assertThat(title.getTextContent()).contains("bare", "chroot");
    }
  }

  private static List<Element> elements(Document document, String name) {
    NodeList nodes = document.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      elements.add((Element) nodes.item(i));
    }
    return elements;
  }

  @Test
  void leavesNothingWhenItIsKilled() throws IOException, InterruptedException {
    Path state = folder.resolve("state");
    Process process =
        lab.brig()
            .builder("compare", "--rungs", "container,bwrap,runc", "--rounds", "200")
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try {
      // Idle instances: each ends only with whoever holds its standard input.
      until(() -> probes(state).stream().anyMatch(line -> !line.contains("java")));
    } finally {
      process.destroyForcibly().waitFor();
    }

    // A brig that was still starting goes on to its end, too.
    until(() -> probes(state).isEmpty());
    Brig.Ended next = lab.brig().run("compare", "--list", "--rungs", "chroot");

    assertThat(next.status()).as(next.err()).isZero();
    assertThat(next.err()).isEmpty();
    assertThat(state.resolve("compare")).doesNotExist();
  }

  private interface Check {
    boolean holds() throws IOException;
  }

  private static void until(Check check) throws IOException, InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!check.holds()) {
      assertThat(System.nanoTime()).as("time is up").isLessThan(end);
      Thread.onSpinWait();
      Thread.sleep(20);
    }
  }

  /// Returns the processes that name the state in their command line: arms and their programs.
  private static List<String> probes(Path state) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        String line;
        try {
          line = new String(Files.readAllBytes(process.resolve("cmdline")), UTF_8);
        } catch (IOException _) {
          // No process, or it has ended.
          continue;
        }
        if (line.contains(state.resolve("compare") + "/")) {
          found.add(line);
        }
      }
    }
    return found;
  }

  @Test
  void refusesWhatMakesNoSense() throws IOException, InterruptedException {
    Path text = Files.writeString(folder.resolve("text"), "no JSON");
    String[][] lines = {
      {"--metrics", "beauty", "no such metric; there are start, stop"},
      {"--rungs", "docker", "no such arm: there are bare"},
      {"--delay", "5ms", "write NAME=DURATION"},
      {"--rounds", "0", "not a number from 1 to 1000"},
      {"--budget", "soon", "not a length of time"},
      {"--replay", folder.resolve("nothing").toString(), "can't be read"},
      {"--replay", text.toString(), "not a comparison"},
    };
    for (String[] line : lines) {
      Brig.Ended ended = lab.brig().run("compare", line[0], line[1]);
      assertThat(ended.status()).as(line[1]).isEqualTo(125);
      assertThat(ended.err()).startsWith("brig: compare: " + line[0].replace("--replay", ""));
      assertThat(ended.err()).contains(line[2].split(":", -1)[0]);
      assertThat(ended.out()).isEmpty();
    }
    assertThat(lab.brig().run("compare", "--diff", text.toString()).status()).isEqualTo(125);
    assertThat(folder.resolve("state/compare")).doesNotExist();
  }
}
