package dev.brig.image.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Changes to an image's configuration, written as instructions of a Containerfile: `ENV A=b`, `CMD
/// ["sh"]`.
///
/// @see <a href="https://docs.docker.com/reference/dockerfile/">Dockerfile reference</a>
public final class ConfigEdit {
  private static final String HINT =
      "CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR, and a"
          + " value: ENV A=b";

  private final String text;
  private final String instruction;
  private final String value;

  private ConfigEdit(String text, String instruction, String value) {
    this.text = text;
    this.instruction = instruction;
    this.value = value;
  }

  /// Reads an instruction.
  ///
  /// @param option where the user wrote it, for messages
  /// @param text the instruction and its value
  /// @throws UsageException if it is none that changes a configuration
  public static ConfigEdit parse(String option, String text) {
    String stripped = text.strip();
    int end = 0;
    while (end < stripped.length() && !Character.isWhitespace(stripped.charAt(end))) {
      end++;
    }
    // podman also takes CMD=/bin/sh.
    int equals = stripped.indexOf('=');
    if (equals > 0 && equals < end) {
      end = equals;
    }
    String instruction = stripped.substring(0, end).toUpperCase(Locale.ROOT);
    String value = end < stripped.length() ? stripped.substring(end + 1).strip() : "";
    ConfigEdit edit = new ConfigEdit(option + " \"" + text + "\"", instruction, value);
    if (value.isEmpty()) {
      throw edit.wrong();
    }
    edit.apply(new JsonObject());
    return edit;
  }

  /// Returns the edit that sets a variable.
  ///
  /// @param pair `NAME=value`
  public static ConfigEdit variable(String pair) {
    return new ConfigEdit(pair, "ENV", quoted(pair));
  }

  /// Returns the edit that sets a label.
  public static ConfigEdit label(String name, String text) {
    return new ConfigEdit(name, "LABEL", quoted(name + "=" + text));
  }

  /// Returns the edit that sets the command and its arguments.
  public static ConfigEdit command(List<String> words) {
    return new ConfigEdit("CMD", "CMD", array(words));
  }

  /// Returns the edit that sets what commands begin with.
  public static ConfigEdit entryPoint(List<String> words) {
    return new ConfigEdit("ENTRYPOINT", "ENTRYPOINT", array(words));
  }

  /// Returns the edit that sets the working directory.
  public static ConfigEdit workingDirectory(String directory) {
    return new ConfigEdit("WORKDIR", "WORKDIR", directory);
  }

  /// Returns the edit that sets the user.
  public static ConfigEdit user(String user) {
    return new ConfigEdit("USER", "USER", user);
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static String array(List<String> words) {
    JsonArray array = new JsonArray();
    words.forEach(array::add);
    return array.toString();
  }

  /// Makes the change.
  ///
  /// @param config the member `config` of an image's configuration
  void apply(JsonObject config) {
    switch (instruction) {
      case "CMD" -> config.add("Cmd", command());
      case "ENTRYPOINT" -> config.add("Entrypoint", command());
      case "ENV" -> {
        for (String pair : pairs()) {
          setEnv(config, pair);
        }
      }
      case "LABEL" -> {
        for (String pair : pairs()) {
          int equals = pair.indexOf('=');
          object(config, "Labels")
              .addProperty(pair.substring(0, equals), pair.substring(equals + 1));
        }
      }
      case "EXPOSE" -> {
        for (String port : words()) {
          String name = port.indexOf('/') < 0 ? port + "/tcp" : port;
          object(config, "ExposedPorts").add(name, new JsonObject());
        }
      }
      case "VOLUME" -> {
        for (String volume : list()) {
          object(config, "Volumes").add(volume, new JsonObject());
        }
      }
      case "USER" -> config.addProperty("User", value);
      case "WORKDIR" -> config.addProperty("WorkingDir", workingDirectory(config));
      case "STOPSIGNAL" -> config.addProperty("StopSignal", value);
      case "ONBUILD" -> array(config, "OnBuild").add(value);
      default -> throw wrong();
    }
  }

  private String workingDirectory(JsonObject config) {
    if (value.startsWith("/")) {
      return value;
    }
    JsonElement before = config.get("WorkingDir");
    String base = before == null || before.isJsonNull() ? "" : before.getAsString();
    return (base.endsWith("/") ? base : base + "/") + value;
  }

  private UsageException wrong() {
    return new UsageException(text, "not an instruction that changes a configuration", HINT);
  }

  /// Sets a variable, in its place if it is there.
  private static void setEnv(JsonObject config, String pair) {
    String name = pair.substring(0, pair.indexOf('=') + 1);
    JsonArray env = array(config, "Env");
    for (int i = 0; i < env.size(); i++) {
      if (env.get(i).getAsString().startsWith(name)) {
        env.set(i, new JsonPrimitive(pair));
        return;
      }
    }
    env.add(pair);
  }

  private static JsonObject object(JsonObject config, String name) {
    if (config.get(name) instanceof JsonObject there) {
      return there;
    }
    JsonObject made = new JsonObject();
    config.add(name, made);
    return made;
  }

  private static JsonArray array(JsonObject config, String name) {
    if (config.get(name) instanceof JsonArray there) {
      return there;
    }
    JsonArray made = new JsonArray();
    config.add(name, made);
    return made;
  }

  private JsonArray command() {
    JsonArray command = new JsonArray();
    if (value.startsWith("[")) {
      json().forEach(command::add);
    } else {
      command.add("/bin/sh");
      command.add("-c");
      command.add(value);
    }
    return command;
  }

  private List<String> list() {
    return value.startsWith("[") ? json() : words();
  }

  private List<String> json() {
    try {
      List<String> strings = new ArrayList<>();
      for (JsonElement element : JsonParser.parseString(value).getAsJsonArray()) {
        strings.add(element.getAsString());
      }
      return strings;
    } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
      throw new UsageException(text, "not a JSON array of strings", "[\"sh\", \"-c\", \"true\"]");
    }
  }

  /// Returns `NAME=value` each; the old form `NAME value` has one.
  private List<String> pairs() {
    List<String> words = words();
    if (words.getFirst().indexOf('=') < 0) {
      if (words.size() < 2) {
        throw wrong();
      }
      String name = words.getFirst();
      return List.of(name + "=" + value.substring(name.length()).strip());
    }
    for (String word : words) {
      if (word.indexOf('=') <= 0) {
        throw wrong();
      }
    }
    return words;
  }

  /// Returns the words, quotes and backslashes taken as a shell takes them.
  private List<String> words() {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' && quote != '\'' && i + 1 < value.length()) {
        i++;
        word.append(value.charAt(i));
        inWord = true;
      } else if (quote != 0 && c == quote) {
        quote = 0;
      } else if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
        inWord = true;
      } else if (quote == 0 && Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
        }
        inWord = false;
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (quote != 0) {
      throw new UsageException(text, "a quote is not closed", "");
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}
