package dev.brig.image.build;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.brig.image.Digest;
import dev.brig.image.JsonNode;
import dev.brig.image.Platform;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An image's configuration in the making. Members that brig does not know stay as the base image
/// has them.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">image
///   configuration</a>
public final class ConfigDraft {
  private static final List<String> MEMBERS =
      List.of("created", "author", "architecture", "variant", "os");

  private final JsonObject document;

  private ConfigDraft(JsonObject document) {
    this.document = document;
  }

  /// Returns the configuration of an image without anything in it.
  public static ConfigDraft scratch(Platform platform) {
    JsonObject document = new JsonObject();
    document.addProperty("architecture", platform.architecture());
    document.addProperty("os", platform.os());
    if (!platform.variant().isEmpty()) {
      document.addProperty("variant", platform.variant());
    }
    return new ConfigDraft(document);
  }

  /// Returns a configuration that begins as another image's.
  ///
  /// @param bytes the document
  /// @param what what to call it in messages
  public static ConfigDraft of(byte[] bytes, String what) {
    JsonElement element = JsonNode.parse(bytes, what).element();
    return new ConfigDraft(element.deepCopy().getAsJsonObject());
  }

  /// Returns when it was made, as RFC 3339 has it, or an empty text.
  public String created() {
    return document.get("created") instanceof JsonPrimitive text ? text.getAsString() : "";
  }

  /// Returns a copy that changes alone.
  public ConfigDraft copy() {
    return new ConfigDraft(document.deepCopy());
  }

  private JsonObject config() {
    return member(document, "config");
  }

  private static JsonObject member(JsonObject parent, String name) {
    if (!(parent.get(name) instanceof JsonObject)) {
      parent.add(name, new JsonObject());
    }
    return parent.getAsJsonObject(name);
  }

  /// Returns a text of the run part, `User` or `WorkingDir`, or an empty one.
  public String text(String name) {
    return config().get(name) instanceof JsonPrimitive text ? text.getAsString() : "";
  }

  /// Sets a text of the run part.
  public void set(String name, String value) {
    config().addProperty(name, value);
  }

  /// Returns a list of the run part, `Env` or `Cmd`, or an empty one.
  public List<String> list(String name) {
    List<String> values = new ArrayList<>();
    if (config().get(name) instanceof JsonArray array) {
      for (JsonElement value : array) {
        values.add(value.getAsString());
      }
    }
    return values;
  }

  /// Sets a list of the run part; an empty one is taken away.
  public void set(String name, List<String> values) {
    JsonArray array = new JsonArray();
    values.forEach(array::add);
    config().remove(name);
    if (!values.isEmpty()) {
      config().add(name, array);
    }
  }

  /// Takes a member of the run part away.
  public void remove(String name) {
    config().remove(name);
  }

  /// Adds a key without a value to an object of the run part: `ExposedPorts`, `Volumes`.
  public void addKey(String name, String key) {
    member(config(), name).add(key, new JsonObject());
  }

  /// Sets a label.
  public void label(String name, String value) {
    member(config(), "Labels").addProperty(name, value);
  }

  /// Sets a variable of the environment; one of the same name keeps its place.
  public void env(String name, String value) {
    List<String> env = list("Env");
    String variable = name + "=" + value;
    for (int i = 0; i < env.size(); i++) {
      if (env.get(i).startsWith(name + "=")) {
        env.set(i, variable);
        set("Env", env);
        return;
      }
    }
    env.add(variable);
    set("Env", env);
  }

  /// Returns the variables of the environment.
  public Variables variables() {
    Variables variables = Variables.none();
    for (String variable : list("Env")) {
      int equals = variable.indexOf('=');
      variables =
          equals < 0
              ? variables.with(variable, "")
              : variables.with(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return variables;
  }

  /// Sets Docker's Healthcheck.
  ///
  /// @param test the command as Docker has it, or `NONE` alone
  /// @param times nanoseconds by Docker's names
  /// @param retries how many failures are allowed, or 0
  void healthcheck(List<String> test, List<Map.Entry<String, Long>> times, int retries) {
    JsonObject check = new JsonObject();
    JsonArray words = new JsonArray();
    test.forEach(words::add);
    check.add("Test", words);
    for (Map.Entry<String, Long> time : times) {
      check.addProperty(time.getKey(), time.getValue());
    }
    if (retries > 0) {
      check.addProperty("Retries", retries);
    }
    config().add("Healthcheck", check);
  }

  /// Sets who made the image.
  void author(String author) {
    document.addProperty("author", author);
  }

  /// Adds a layer and the line of history that made it.
  ///
  /// @param diffId the digest of the layer's archive
  /// @param createdBy the instruction
  /// @param created the time, as RFC 3339 has it
  public void layer(Digest diffId, String createdBy, String created) {
    JsonObject rootfs = member(document, "rootfs");
    rootfs.addProperty("type", "layers");
    if (!(rootfs.get("diff_ids") instanceof JsonArray)) {
      rootfs.add("diff_ids", new JsonArray());
    }
    rootfs.getAsJsonArray("diff_ids").add(diffId.toString());
    history().add(entry(createdBy, created));
  }

  /// Adds a line of history for an instruction that made no layer.
  public void event(String createdBy, String created) {
    JsonObject entry = entry(createdBy, created);
    entry.addProperty("empty_layer", true);
    history().add(entry);
  }

  /// Replaces the layers, and what the history says of those that are not kept.
  ///
  /// @param diffIds the digests of all layers that there are now
  /// @param kept how many of them were there before, with their lines of history
  /// @param createdBy what made the others
  /// @param created the time, as RFC 3339 has it
  public void squash(List<Digest> diffIds, int kept, String createdBy, String created) {
    JsonArray before = history();
    JsonArray after = new JsonArray();
    int layers = 0;
    for (JsonElement entry : before) {
      boolean empty = entry.getAsJsonObject().has("empty_layer");
      layers += empty ? 0 : 1;
      if (layers > kept || (empty && kept == 0)) {
        break;
      }
      after.add(entry);
    }
    after.add(entry(createdBy, created));
    document.add("history", after);
    JsonObject rootfs = new JsonObject();
    rootfs.addProperty("type", "layers");
    JsonArray array = new JsonArray();
    diffIds.forEach(diffId -> array.add(diffId.toString()));
    rootfs.add("diff_ids", array);
    document.add("rootfs", rootfs);
  }

  private JsonArray history() {
    if (!(document.get("history") instanceof JsonArray)) {
      document.add("history", new JsonArray());
    }
    return document.getAsJsonArray("history");
  }

  private static JsonObject entry(String createdBy, String created) {
    JsonObject entry = new JsonObject();
    entry.addProperty("created", created);
    entry.addProperty("created_by", createdBy);
    return entry;
  }

  /// Returns the finished document, its members in a fixed order.
  ///
  /// @param created the time, as RFC 3339 has it
  public byte[] document(String created) {
    document.addProperty("created", created);
    var _ = config();
    JsonObject rootfs = member(document, "rootfs");
    rootfs.addProperty("type", "layers");
    if (!(rootfs.get("diff_ids") instanceof JsonArray)) {
      rootfs.add("diff_ids", new JsonArray());
    }
    JsonObject ordered = new JsonObject();
    for (String name : MEMBERS) {
      if (document.has(name)) {
        ordered.add(name, document.get(name));
      }
    }
    for (String name : document.keySet()) {
      ordered.add(name, document.get(name));
    }
    return ordered.toString().getBytes(StandardCharsets.UTF_8);
  }
}
