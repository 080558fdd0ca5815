package dev.brig.cli.compare.result;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.brig.cli.compare.result.Comparison.Arm;
import dev.brig.cli.compare.result.Comparison.Machine;
import dev.brig.cli.compare.result.Comparison.Point;
import dev.brig.cli.compare.result.Comparison.Sample;
import dev.brig.cli.compare.result.Comparison.Stage;
import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads what [ComparisonWriter] wrote. Statistics are not read but made anew.
public final class ComparisonReader {
  private final String name;

  private ComparisonReader(String name) {
    this.name = name;
  }

  /// Reads a comparison.
  ///
  /// @param name the file's name, for messages
  /// @param text its content
  /// @throws UsageException if it is no comparison of this schema
  public static Comparison read(String name, String text) {
    ComparisonReader reader = new ComparisonReader(name);
    try {
      return reader.comparison(JsonParser.parseString(text).getAsJsonObject());
    } catch (JsonParseException
        | IllegalStateException
        | NumberFormatException
        | UnsupportedOperationException e) {
      throw reader.wrong("not a comparison in JSON", e);
    }
  }

  private UsageException wrong(String finding) {
    return new UsageException(
        name, finding, "give the result.json that brig compare -o DIRECTORY wrote");
  }

  private UsageException wrong(String finding, RuntimeException cause) {
    UsageException wrong = wrong(finding);
    wrong.addSuppressed(cause);
    return wrong;
  }

  private Comparison comparison(JsonObject json) {
    String schema = json.has("schema") ? text(json, "schema") : "none";
    if (!schema.equals(Comparison.SCHEMA)) {
      throw wrong("its schema is " + schema + ", not " + Comparison.SCHEMA);
    }
    List<Arm> arms = new ArrayList<>();
    for (JsonElement arm : array(json, "rungs")) {
      arms.add(arm(arm.getAsJsonObject()));
    }
    List<Metric> metrics = new ArrayList<>();
    for (JsonElement metric : array(json, "metrics")) {
      metrics.add(metric(text(metric.getAsJsonObject(), "id")));
    }
    List<Sample> samples = new ArrayList<>();
    for (JsonElement sample : array(json, "samples")) {
      samples.add(sample(sample.getAsJsonObject()));
    }
    List<Point> points = new ArrayList<>();
    for (JsonElement element : array(json, "memory")) {
      JsonObject point = element.getAsJsonObject();
      points.add(
          new Point(
              text(point, "rung"),
              (int) number(point, "instances"),
              (long) number(point, "bytes")));
    }
    List<Stage> stages = new ArrayList<>();
    // Comparisons of before there were stages have none.
    JsonArray all = json.has("stages") ? array(json, "stages") : new JsonArray();
    for (JsonElement stage : all) {
      stages.add(stage(stage.getAsJsonObject()));
    }
    JsonObject noise = object(json, "noise");
    return new Comparison(
        text(json, "brig"),
        text(json, "command"),
        member(json, "seed").getAsLong(),
        text(json, "started"),
        texts(json, "env"),
        arms,
        metrics,
        samples,
        points,
        stages,
        new Machine(number(noise, "psi"), number(noise, "steal"), number(noise, "clock")),
        text(json, "probeSha256"));
  }

  private Arm arm(JsonObject json) {
    List<String> recipe = new ArrayList<>();
    for (JsonElement word : array(json, "recipe")) {
      recipe.add(word.getAsString());
    }
    return new Arm(
        text(json, "id"),
        text(json, "label"),
        recipe,
        text(json, "reason"),
        text(json, "caveat"),
        texts(json, "facts"));
  }

  private Stage stage(JsonObject json) {
    return new Stage(
        text(json, "rung"),
        text(json, "process"),
        text(json, "call"),
        member(json, "beginMicros").getAsLong(),
        member(json, "endMicros").getAsLong());
  }

  private Sample sample(JsonObject json) {
    return new Sample(
        text(json, "rung"),
        metric(text(json, "metric")),
        (int) number(json, "round"),
        member(json, "warmup").getAsBoolean(),
        number(json, "value"));
  }

  private Metric metric(String id) {
    for (Metric metric : Metric.values()) {
      if (metric.id().equals(id)) {
        return metric;
      }
    }
    throw wrong("it has a metric " + id + " that this brig doesn't know");
  }

  private JsonElement member(JsonObject json, String member) {
    JsonElement element = json.get(member);
    if (element == null || element.isJsonNull()) {
      throw wrong("it has no " + member);
    }
    return element;
  }

  private JsonArray array(JsonObject json, String member) {
    return member(json, member).getAsJsonArray();
  }

  private JsonObject object(JsonObject json, String member) {
    return member(json, member).getAsJsonObject();
  }

  private String text(JsonObject json, String member) {
    return member(json, member).getAsString();
  }

  private double number(JsonObject json, String member) {
    return member(json, member).getAsDouble();
  }

  private Map<String, String> texts(JsonObject json, String member) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonElement> entry : object(json, member).entrySet()) {
      texts.put(entry.getKey(), entry.getValue().getAsString());
    }
    return texts;
  }
}
