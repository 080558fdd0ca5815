package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.it.Conformance.Block;
import dev.brig.it.Conformance.Difference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// `docs/oci-fields.md` says of each property of config.json what brig does and what tries it.
///
/// `-Dgolden.update=true` writes its last column; then read the difference.
class ConformanceFieldsTest {
  private static final String ROW = "| `";

  private static Path document() {
    return Checkout.root().resolve("docs/oci-fields.md");
  }

  /// Returns the rows of the table, by property: what brig does with it.
  private static Map<String, String> rows() throws IOException {
    Map<String, String> rows = new LinkedHashMap<>();
    for (String line : Files.readAllLines(document())) {
      if (line.startsWith(ROW)) {
        String[] cells = line.split(" \\| ", -1);
        rows.put(cells[0].substring(ROW.length(), cells[0].length() - 1), cells[1].strip());
      }
    }
    return rows;
  }

  /// Returns the sentences that are about each property, without their sections.
  private static Map<String, Set<String>> sentences() throws IOException {
    Map<String, Set<String>> sentences = new TreeMap<>();
    for (Block block : Conformance.blocks()) {
      String sentence = block.sentence().substring(0, block.sentence().lastIndexOf(" ["));
      for (String field : block.fields()) {
        sentences.computeIfAbsent(ReadFields.named(field), _ -> new TreeSet<>()).add(sentence);
      }
    }
    return sentences;
  }

  @Test
  void namesEachPropertyThatBrigReadsAndNoOther() throws IOException {
    assertThat(rows().keySet()).containsExactlyElementsOf(ReadFields.all());
  }

  @Test
  void namesWhatTriesEachProperty() throws IOException {
    Map<String, Set<String>> sentences = sentences();
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(document())) {
      if (line.startsWith(ROW)) {
        String field = line.substring(ROW.length(), line.indexOf('`', ROW.length()));
        String does = rows().get(field);
        String tried = String.join("<br>", sentences.getOrDefault(field, Set.of()));
        lines.add("| `" + field + "` | " + does + " | " + tried + " |");
      } else {
        lines.add(line);
      }
    }
    if (Boolean.getBoolean("golden.update")) {
      Files.write(document(), lines);
    }

    assertThat(Files.readAllLines(document())).isEqualTo(lines);
    assertThat(sentences.keySet()).containsAll(rows().keySet());
  }

  @Test
  void hasOneTestOfEachSentence() throws IOException {
    List<String> sentences = new ArrayList<>();
    for (Block block : Conformance.blocks()) {
      sentences.add(block.sentence());
      assertThat(block.sentence())
          .matches("(MUST|MUST NOT|SHOULD|SHOULD NOT|MAY) .* \\[[a-z-]+\\.md#[a-z-]+]");
      assertThat(block.script().isBlank()).as(block.sentence()).isEqualTo(!block.isForRuntimes());
    }

    assertThat(sentences).doesNotHaveDuplicates().hasSizeGreaterThan(150);
  }

  @Test
  void listsDifferencesFromSentencesThatThereAre() throws IOException {
    Set<String> sentences = new TreeSet<>();
    for (Block block : Conformance.blocks()) {
      sentences.add(block.sentence());
    }

    for (Difference difference : Conformance.differences()) {
      assertThat(sentences).contains(difference.sentence());
      assertThat(difference.reason()).isNotBlank();
    }
  }
}
