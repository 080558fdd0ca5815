package dev.brig.it;

import static dev.brig.it.CompareLab.find;
import static dev.brig.it.CompareLab.result;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// What `brig compare` says of starts, and what they are made of.
@Isolated("what it looks at takes time")
class CompareStartsIT {
  @TempDir Path folder;

  private CompareLab lab;

  @BeforeEach
  void makeState() {
    lab = CompareLab.in(folder);
  }

  @Test
  void tellsWhatAStartIsMadeOfAndHowManyComeToASecond() throws IOException, InterruptedException {
    tells("start,start.mech,rate.2");
  }

  @Test
  @Tag("thorough")
  void tellsHowManyComeToASecondOneAfterTheOtherToo() throws IOException, InterruptedException {
    tells("start,start.mech,rate.1,rate.2");
  }

  private void tells(String metrics) throws IOException, InterruptedException {
    Path directory =
        lab.compared(
            "stages",
            "--rungs",
            "container,namespaces,chroot",
            "--rounds",
            "5",
            "--metrics",
            metrics,
            "--delay",
            "namespaces=200ms");

    JsonObject result = result(directory);
    JsonArray stats = result.getAsJsonArray("stats");
    // The delay is in the start, and not in what brig does itself.
    assertThat(find(stats, "rung", "namespaces", "metric", "start").get("min").getAsDouble())
        .isGreaterThan(200);
    for (String arm : List.of("container", "namespaces")) {
      JsonObject own = find(stats, "rung", arm, "metric", "start.mech");
      assertThat(own.get("verdict").getAsString()).isEqualTo("alone");
      assertThat(own.get("n").getAsInt()).isEqualTo(5);
      assertThat(own.get("min").getAsDouble()).isBetween(0.1, 200.0);
      assertThat(find(stats, "rung", arm, "metric", "rate.2").get("median").getAsDouble())
          .isLessThan(
              find(stats, "rung", "chroot", "metric", "rate.2").get("median").getAsDouble());
    }
    List<String> calls = new ArrayList<>();
    for (JsonElement stage : result.getAsJsonArray("stages")) {
      if (stage.getAsJsonObject().get("rung").getAsString().equals("container")) {
        calls.add(stage.getAsJsonObject().get("call").getAsString());
      }
    }
    assertThat(calls).anyMatch(call -> call.startsWith("clone3({flags=CLONE_PIDFD|CLONE_NEWNS"));
    assertThat(calls).anyMatch(call -> call.startsWith("seccomp(SECCOMP_SET_MODE_FILTER"));
    assertThat(stats.toString()).doesNotContain("\"rung\":\"chroot\",\"metric\":\"start.mech");
    assertThat(Files.readString(directory.resolve("report.html")))
        .contains("<section id=\"stages\">", "steps of a start, container: supervisor: ");
  }
}
