package dev.brig.cli.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static Report report() {
    Report report = new Report("ada", "6.1", List.of());
    for (int i = 1; i <= 3; i++) {
      Entry entry =
          new Entry(
              Integer.toString(i),
              "d",
              1,
              i == 3 ? "failed" : "passed",
              "n" + i,
              "n" + i,
              i == 3 ? "guess" : "n" + i,
              "s",
              100 + i,
              report.head(),
              "");
      report = report.with(entry.sealed());
    }
    return report;
  }

  private static String flaw(Report report) {
    return Report.parse("r.json", report.json()).flaw().orElse("");
  }

  @Test
  void isSoundAfterItWasWrittenAndRead() {
    assertThat(Report.parse("r.json", report().json())).isEqualTo(report());
    assertThat(flaw(report())).isEmpty();
  }

  @Test
  void showsAChangedVerdict() {
    String edited = report().json().replace("\"failed\"", "\"passed\"");

    assertThat(Report.parse("r.json", edited).flaw()).hasValue("entry 3 (lab 3) was changed");
  }

  @Test
  void showsAnotherName() {
    String edited = report().json().replace("ada", "bob");

    assertThat(Report.parse("r.json", edited).flaw().orElse("")).startsWith("entry 1");
  }

  @Test
  void showsAnotherKernel() {
    String edited = report().json().replace("6.1", "6.2");

    assertThat(Report.parse("r.json", edited).flaw().orElse("")).startsWith("entry 1");
  }

  @Test
  void showsAnEntryThatIsMissingOrMoved() {
    List<Entry> entries = new ArrayList<>(report().entries());
    entries.remove(1);
    assertThat(flaw(new Report("ada", "6.1", entries))).startsWith("entry 2");

    assertThat(flaw(new Report("ada", "6.1", report().entries().reversed()))).startsWith("entry 1");
  }

  @Test
  void showsAPassThatWasSealedWithAWrongAnswer() {
    Entry last = report().entries().getLast();
    Entry forged =
        new Entry(
            last.lab(),
            last.labDigest(),
            last.step(),
            "passed",
            last.nonce(),
            last.expected(),
            last.answer(),
            last.seen(),
            last.timeSeconds(),
            last.previous(),
            "");
    List<Entry> entries = new ArrayList<>(report().entries().subList(0, 2));
    entries.add(forged.sealed());

    assertThat(flaw(new Report("ada", "6.1", entries))).contains("wrong answer");
  }

  @Test
  void refusesWhatIsNoReport() {
    for (String text : new String[] {"", "{}", "[1]", "{\"schema\":\"brig.lab/1\"}", "{\"a\":"}) {
      assertThatThrownBy(() -> Report.parse("r.json", text))
          .isInstanceOf(UsageException.class)
          .hasMessageContaining("r.json");
    }
  }
}
