package dev.brig.seccomp;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.brig.error.UsageException;
import dev.brig.linux.Capability;
import dev.brig.linux.KernelRelease;
import dev.brig.linux.Machine;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Reads profiles: docker's and podman's format, of which `linux.seccomp` of config.json is a part.
///
/// A field that is not known is an error, for what it asks for would not be done.
final class SeccompProfileReader {
  private static final int EPERM = 1;

  private SeccompProfileReader() {}

  /// Returns the profile in this text.
  ///
  /// @throws UsageException if it is none
  static SeccompProfile read(byte[] json, String origin) {
    try {
      return profile(JsonNode.root(parse(json)));
    } catch (ProfileException e) {
      throw wrong(origin, String.valueOf(e.getMessage()));
    } catch (JsonParseException e) {
      throw wrong(origin, "it is not JSON" + place(String.valueOf(e.getMessage())));
    }
  }

  private static UsageException wrong(String origin, String finding) {
    return new UsageException(
        origin,
        finding,
        "the format is docker's and podman's; --security-opt seccomp=unconfined runs without");
  }

  /// Keeps the position from the parser's message and drops its advice to Java programmers.
  private static String place(String message) {
    int begin = message.indexOf(" at line ");
    int end = message.indexOf(" path ", begin);
    return begin < 0 ? "" : message.substring(begin, end < 0 ? message.length() : end);
  }

  private static JsonElement parse(byte[] json) throws ProfileException {
    JsonReader reader =
        new JsonReader(
            new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8));
    reader.setStrictness(Strictness.STRICT);
    JsonElement element = JsonParser.parseReader(reader);
    try {
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new ProfileException("", "it goes on after its end");
      }
    } catch (IOException _) {
      // What follows is not even JSON.
      throw new ProfileException("", "it goes on after its end");
    }
    return element;
  }

  private static SeccompProfile profile(JsonNode root) throws ProfileException {
    root.allow(
        "comment",
        "defaultAction",
        "defaultErrnoRet",
        "defaultErrno",
        "architectures",
        "archMap",
        "flags",
        "listenerPath",
        "listenerMetadata",
        "syscalls");
    Action action = root.need("defaultAction").word(Action.class);
    Verdict verdict = verdict(action, root, "defaultErrnoRet", "defaultErrno");
    List<SeccompRule> rules = new ArrayList<>();
    for (JsonNode rule : root.items("syscalls")) {
      rules.add(rule(rule));
    }
    return new SeccompProfile(verdict, architectures(root), root.strings("flags"), rules);
  }

  private static Verdict verdict(Action action, JsonNode node, String number, String name)
      throws ProfileException {
    if (!action.hasNumber()) {
      return new Verdict(action, 0);
    }
    String errno = node.string(name, "");
    int value = (int) node.number(number, EPERM, 0xffff);
    if (!errno.isEmpty()) {
      value = node.need(name).errno().number();
    }
    return new Verdict(action, value);
  }

  private static SeccompRule rule(JsonNode node) throws ProfileException {
    node.allow(
        "comment", "name", "names", "action", "errnoRet", "errno", "args", "includes", "excludes");
    List<String> names = new ArrayList<>(node.strings("names"));
    String single = node.string("name", "");
    if (!single.isEmpty()) {
      names.add(single);
    }
    if (names.isEmpty()) {
      throw node.wrong("it names no system call");
    }
    Action action = node.need("action").word(Action.class);
    List<ArgumentTest> tests = new ArrayList<>();
    for (JsonNode test : node.items("args")) {
      tests.add(test(test));
    }
    return new SeccompRule(
        names,
        verdict(action, node, "errnoRet", "errno"),
        tests,
        condition(node, "includes"),
        condition(node, "excludes"));
  }

  private static ArgumentTest test(JsonNode node) throws ProfileException {
    node.allow("comment", "index", "value", "valueTwo", "op");
    return new ArgumentTest(
        (int) node.need("index").number(5),
        node.need("op").word(ArgumentTest.Operator.class),
        node.number("value", 0, -1),
        node.number("valueTwo", 0, -1));
  }

  private static RuleCondition condition(JsonNode rule, String name) throws ProfileException {
    List<JsonNode> found = rule.optional(name);
    if (found.isEmpty()) {
      return RuleCondition.NONE;
    }
    JsonNode node = found.getFirst();
    node.allow("caps", "arches", "minKernel");
    Set<Capability> capabilities = EnumSet.noneOf(Capability.class);
    for (JsonNode capability : node.items("caps")) {
      capabilities.add(capability.capability());
    }
    String min = node.string("minKernel", "");
    KernelRelease release = min.isEmpty() ? null : KernelRelease.parse(min);
    if (release != null && release.major() == 0) {
      throw node.wrong("minKernel \"" + min + "\" is not a release such as 4.8");
    }
    return new RuleCondition(capabilities, node.strings("arches"), release);
  }

  private static Map<Machine, List<String>> architectures(JsonNode root) throws ProfileException {
    Map<Machine, List<String>> byMachine = new EnumMap<>(Machine.class);
    List<String> plain = words(root.items("architectures"));
    if (!plain.isEmpty()) {
      for (Machine machine : Machine.values()) {
        byMachine.put(machine, plain);
      }
    }
    for (JsonNode entry : root.items("archMap")) {
      entry.allow("architecture", "subArchitectures");
      String own = word(entry.need("architecture"));
      List<String> all = new ArrayList<>(List.of(own));
      all.addAll(words(entry.items("subArchitectures")));
      for (Machine machine : Machine.values()) {
        if (own.equals(SeccompProfile.ownName(machine))) {
          byMachine.put(machine, List.copyOf(all));
        }
      }
    }
    return byMachine;
  }

  private static List<String> words(List<JsonNode> nodes) throws ProfileException {
    List<String> words = new ArrayList<>();
    for (JsonNode node : nodes) {
      words.add(word(node));
    }
    return words;
  }

  private static String word(JsonNode node) throws ProfileException {
    String name = node.string();
    if (!name.startsWith("SCMP_ARCH_")) {
      throw node.wrong("\"" + name + "\" is not an architecture such as SCMP_ARCH_X86_64");
    }
    return name.substring("SCMP_ARCH_".length()).toLowerCase(Locale.ROOT);
  }
}
