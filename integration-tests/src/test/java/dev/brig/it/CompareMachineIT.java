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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `brig compare` says of virtual machines, so much longer in all they do that company does
/// not change it.
class CompareMachineIT {
  @TempDir Path folder;

  private CompareLab lab;

  @BeforeEach
  void makeState() {
    lab = CompareLab.in(folder);
  }

  @Test
  void saysWhereverItShowsAMachineThatItIsEmulated() throws IOException, InterruptedException {
    saysSo("start,sys,proc,fs");
  }

  @Test
  @Tag("thorough")
  void saysSoOfEveryFigureThatAMachineHas() throws IOException, InterruptedException {
    saysSo("start,sys,proc,mem.copy,fs");
  }

  private void saysSo(String metrics) throws IOException, InterruptedException {
    DebianKernel.into(folder.resolve("state"));

    Path directory =
        lab.compared("machine", "--rungs", "vm", "--rounds", "5", "--metrics", metrics);

    JsonObject result = result(directory);
    JsonObject rung = machine(result.getAsJsonArray("rungs"));
    String id = rung.get("id").getAsString();
    assertThat(rung.get("available").getAsBoolean()).as(rung.get("reason").getAsString()).isTrue();
    JsonObject facts = rung.getAsJsonObject("facts");
    assertThat(facts.get("kernel").getAsString()).isEqualTo("its own");
    JsonArray stats = result.getAsJsonArray("stats");
    JsonObject start = find(stats, "rung", id, "metric", "start");
    assertThat(start.get("n").getAsInt()).isEqualTo(5);
    assertThat(start.get("verdict").getAsString()).isEqualTo("more");
    // Its files are its own.
    assertThat(stats.toString()).doesNotContain(id + "\",\"metric\":\"fs.");
    String table = Files.readString(directory.resolve("table.txt"));
    String page = Files.readString(directory.resolve("report.html"));
    String caveat = "software emulation (TCG), not hardware virtualization";
    boolean emulated = id.equals("vm:tcg");
    if (emulated) {
      // Where the processor helps, the probe may be too fast to tell clocks apart.
      assertThat(facts.get("clock").getAsString()).matches("\\d+\\.\\d\\d % off");
    }
    assertThat(rung.get("notHardwareVirtualization").getAsBoolean()).isEqualTo(emulated);
    assertThat(rung.get("caveat").getAsString().startsWith(caveat)).isEqualTo(emulated);
    assertThat(table.contains("\nvm:tcg* ")).isEqualTo(emulated);
    assertThat(table.contains("* vm:tcg: " + caveat)).isEqualTo(emulated);
    assertThat(page.contains("<tr class=\"hatched\" title=\"" + caveat)).isEqualTo(emulated);
  }

  private static JsonObject machine(JsonArray rungs) {
    for (JsonElement rung : rungs) {
      if (rung.getAsJsonObject().get("id").getAsString().startsWith("vm")) {
        return rung.getAsJsonObject();
      }
    }
    throw new AssertionError("no machine in " + rungs);
  }
}
