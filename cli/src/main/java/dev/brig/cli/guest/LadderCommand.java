package dev.brig.cli.guest;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UnsupportedException;
import dev.brig.runtime.container.Degree;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// `brig ladder`: one command at every degree of isolation, side by side.
public final class LadderCommand implements Command<LadderOption> {
  private static final String IMAGE = "host";
  private static final String WARNING = "brig: warning: ";
  private static final String BRIG = "brig: ";
  private static final int FAILED = 125;

  private final Context context;

  /// Makes the command.
  public LadderCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<LadderOption> syntax() {
    return new Syntax<>(
        "ladder",
        "Run a command at every degree of isolation, and show the answers side by side.",
        List.of(LadderOption.values()),
        Operands.lastFrom(1, "COMMAND [ARG...]"),
        List.of(
            "",
            "A degree that can't be had here has a row with the reason.",
            "",
            "Examples:",
            "  brig ladder -- uname -r",
            "  brig ladder --image alpine -- sh -c 'ls /proc | wc -l'"));
  }

  /// What a degree answered.
  ///
  /// @param degree the degree
  /// @param status the command's, or 125 if the degree can't be had
  /// @param out what it wrote
  /// @param err what it, or brig, wrote to standard error
  private record Rung(Degree degree, int status, String out, List<String> err) {
    boolean isAvailable() {
      return status != FAILED || err.isEmpty() || !err.getFirst().startsWith(BRIG);
    }
  }

  @Override
  public int run(Reading.Arguments<LadderOption> arguments) {
    String image = arguments.value(LadderOption.IMAGE, IMAGE);
    List<Rung> rungs = new ArrayList<>();
    for (Degree degree : Degree.values()) {
      rungs.add(rung(degree, image, arguments.operands()));
    }
    boolean emulated = new Guests(context).areEmulated();
    context
        .out()
        .print(arguments.has(LadderOption.JSON) ? json(rungs, emulated) : table(rungs, emulated));
    return ExitCodes.SUCCESS;
  }

  private Rung rung(Degree degree, String image, List<String> words) {
    List<String> command = new ArrayList<>(context.self());
    command.addAll(List.of("run", "--rm", "--isolation", degree.text(), image));
    command.addAll(words);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      List<String> err = new ArrayList<>();
      Thread reader = Thread.ofVirtual().start(() -> err.addAll(lines(process.getErrorStream())));
      String out = text(process.getInputStream());
      reader.join();
      int status = process.waitFor();
      err.removeIf(line -> line.startsWith(WARNING));
      return new Rung(degree, status, out, err);
    } catch (IOException e) {
      throw new UnsupportedException(
          "--isolation " + degree.text(), "brig can't be run: " + e.getMessage(), "");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnsupportedException("--isolation " + degree.text(), "interrupted", "");
    }
  }

  private static List<String> lines(InputStream stream) {
    return new ArrayList<>(text(stream).lines().toList());
  }

  private static String text(InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "(" + e.getMessage() + ")";
    }
  }

  private static String table(List<Rung> rungs, boolean emulated) {
    Table table = new Table("DEGREE", "STATUS", "ANSWER");
    for (Rung rung : rungs) {
      List<String> answer = new ArrayList<>();
      if (rung.isAvailable()) {
        answer.addAll(rung.out().lines().toList());
        answer.addAll(rung.err());
      } else {
        String reason = rung.err().getFirst();
        answer.add("not here: " + reason.substring(reason.indexOf(": ", BRIG.length()) + 2));
      }
      String status = rung.isAvailable() ? Integer.toString(rung.status()) : "-";
      table.add(label(rung, emulated), status, answer.isEmpty() ? "" : answer.getFirst());
      for (int line = 1; line < answer.size(); line++) {
        table.add("", "", answer.get(line));
      }
    }
    return table.text();
  }

  private static String label(Rung rung, boolean emulated) {
    return rung.degree() == Degree.VM && emulated ? "vm (emulated, TCG)" : rung.degree().text();
  }

  private static String json(List<Rung> rungs, boolean emulated) {
    Json json = new Json().beginArray();
    for (Rung rung : rungs) {
      json.beginObject()
          .property("isolation", rung.degree().text())
          .flag("available", rung.isAvailable())
          .flag("emulated", rung.degree() == Degree.VM && emulated);
      if (rung.isAvailable()) {
        json.property("status", rung.status()).property("stdout", rung.out());
      }
      json.property("stderr", rung.err()).endObject();
    }
    return json.endArray().text();
  }
}
