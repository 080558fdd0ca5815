package dev.brig.cli.compare.result;

import com.google.gson.stream.JsonWriter;
import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Comparison.Point;
import dev.brig.cli.compare.result.Comparison.Sample;
import dev.brig.cli.compare.result.Comparison.Stage;
import dev.brig.cli.compare.statistics.Interval;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;

/// Writes a comparison as JSON of the schema `brig.compare/1`: what was found, and for others'
/// tools what it comes to. `docs/compare.md` describes it.
///
/// Numbers have seven digits, so that reading and writing again gives the same bytes.
public final class ComparisonWriter {
  private static final MathContext DIGITS = new MathContext(7);

  private final JsonWriter json;

  private ComparisonWriter(JsonWriter json) {
    this.json = json;
  }

  /// Returns the JSON, with a newline at its end.
  public static String json(Analysis analysis) {
    StringWriter text = new StringWriter(1 << 20);
    JsonWriter json = new JsonWriter(text);
    json.setHtmlSafe(false);
    json.setIndent(" ");
    try {
      new ComparisonWriter(json).write(analysis);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return text.append('\n').toString();
  }

  /// Returns a value as the JSON has it: with seven digits.
  public static double rounded(double value) {
    return number(value).doubleValue();
  }

  private static BigDecimal number(double value) {
    return new BigDecimal(value, DIGITS).stripTrailingZeros();
  }

  private void write(Analysis analysis) throws IOException {
    Comparison comparison = analysis.comparison();
    json.beginObject();
    text("schema", Comparison.SCHEMA);
    text("brig", comparison.brig());
    text("command", comparison.command());
    json.name("seed").value(comparison.seed());
    text("started", comparison.started());
    text("probeSha256", comparison.probeSha256());
    texts("env", comparison.environment());
    json.name("rungs").beginArray();
    for (Arm arm : comparison.arms()) {
      arm(arm);
    }
    json.endArray();
    metrics(comparison);
    json.name("samples").beginArray();
    for (Sample sample : comparison.samples()) {
      sample(sample);
    }
    json.endArray();
    json.name("memory").beginArray();
    for (Point point : comparison.points()) {
      json.beginObject();
      text("rung", point.arm());
      json.name("instances").value(point.instances()).name("bytes").value(point.bytes());
      json.endObject();
    }
    json.endArray();
    json.name("stages").beginArray();
    for (Stage stage : comparison.stages()) {
      json.beginObject();
      text("rung", stage.arm());
      text("process", stage.process());
      text("call", stage.call());
      json.name("beginMicros").value(stage.beginMicros());
      json.name("endMicros").value(stage.endMicros());
      json.endObject();
    }
    json.endArray();
    json.name("stats").beginArray();
    for (Cell cell : analysis.cells()) {
      cell(cell);
    }
    json.endArray();
    noise(comparison.machine(), analysis.quiet());
    json.endObject();
  }

  private void text(String name, String value) throws IOException {
    json.name(name).value(value);
  }

  private void value(String name, double value) throws IOException {
    json.name(name).value(number(value));
  }

  private void texts(String name, Map<String, String> values) throws IOException {
    json.name(name).beginObject();
    for (Map.Entry<String, String> value : values.entrySet()) {
      text(value.getKey(), value.getValue());
    }
    json.endObject();
  }

  private void arm(Arm arm) throws IOException {
    json.beginObject();
    text("id", arm.id());
    text("label", arm.label());
    json.name("recipe").beginArray();
    for (String word : arm.recipe()) {
      json.value(word);
    }
    json.endArray();
    json.name("available").value(arm.isAvailable());
    text("reason", arm.reason());
    json.name("notHardwareVirtualization").value(!arm.caveat().isEmpty());
    text("caveat", arm.caveat());
    texts("facts", arm.facts());
    json.endObject();
  }

  private void metrics(Comparison comparison) throws IOException {
    json.name("metrics").beginArray();
    for (Metric metric : comparison.metrics()) {
      json.beginObject();
      text("id", metric.id());
      text("unit", metric.unit());
      text("better", metric.better() == Metric.Better.LOWER ? "lower" : "higher");
      text("label", metric.words());
      json.endObject();
    }
    json.endArray();
  }

  private void sample(Sample sample) throws IOException {
    json.beginObject();
    text("rung", sample.arm());
    text("metric", sample.metric().id());
    json.name("round").value(sample.round()).name("warmup").value(sample.warmup());
    value("value", sample.value());
    json.endObject();
  }

  private void cell(Cell cell) throws IOException {
    json.beginObject();
    text("rung", cell.arm());
    text("metric", cell.metric().id());
    json.name("n").value(cell.summary().count());
    value("min", cell.summary().min());
    value("median", cell.summary().median());
    json.name("p95");
    if (cell.summary().p95().isPresent()) {
      json.value(number(cell.summary().p95().getAsDouble()));
    } else {
      json.nullValue();
    }
    value("mad", cell.summary().deviation());
    interval("ci", cell.summary().interval());
    value("ratio", cell.ratio());
    interval("ratioCi", cell.interval());
    value("noise", cell.noise());
    text("verdict", word(cell));
    json.endObject();
  }

  /// Returns the verdict as JSON has it: `same`, `more`, `less`, `unstable`, `too few`,
  /// `reference`, `alone`.
  public static String word(Cell cell) {
    return switch (cell.verdict()) {
      case REFERENCE -> "reference";
      case SAME -> "same";
      case MORE -> "more";
      case LESS -> "less";
      case UNSTABLE -> "unstable";
      case TOO_FEW -> "too few";
      case ALONE -> "alone";
    };
  }

  private void interval(String name, Interval interval) throws IOException {
    json.name(name).beginArray();
    json.value(number(interval.low())).value(number(interval.high()));
    json.endArray();
  }

  private void noise(Comparison.Machine machine, Quiet quiet) throws IOException {
    json.name("noise").beginObject();
    value("aa", quiet.controlPercent());
    value("psi", machine.pressurePercent());
    value("steal", machine.stealPercent());
    value("clock", machine.clockPercent());
    text("verdict", quiet.color());
    json.name("reasons").beginArray();
    for (String reason : quiet.reasons()) {
      json.value(reason);
    }
    json.endArray();
    json.endObject();
  }
}
