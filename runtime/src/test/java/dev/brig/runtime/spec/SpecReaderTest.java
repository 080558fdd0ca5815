package dev.brig.runtime.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Wrong configurations are refused with the place and the reason.
class SpecReaderTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {} | `` | the required property "ociVersion" is missing
          {"ociVersion": "1.3.0"} | `` | the required property "root" is missing
          [] | `` | an array stands where an object belongs
          `` | `` | this is not JSON: it ends too early
          {"ociVersion": 1} | /ociVersion | a number stands where a string belongs
          {"root": {}} | /root | the required property "path" is missing
          {"process": {"user": {"uid": -1}}} | /process/user/uid | -1 is out of range
          {"process": {"user": {"uid": 4294967296}}} | /process/user/uid | 4294967296 is out of range
          {"process": {"user": {"uid": "0"}}} | /process/user/uid | a string stands where a number belongs
          {"process": {"user": {"uid": 1.5}}} | /process/user/uid | 1.5 is not a whole number
          {"process": {"args": ["a", 2]}} | /process/args/1 | a number stands where a string belongs
          {"process": {"args": ["a", null]}} | /process/args/1 | null stands where a string belongs
          {"process": {"terminal": 1}} | /process/terminal | a number stands where true or false belongs
          {"process": {"scheduler": {"policy": "FIFO"}}} | /process/scheduler/policy | "FIFO" is not a known value
          {"process": {"rlimits": [{"hard": 18446744073709551616}]}} | /process/rlimits/0/hard | 18446744073709551616 is out of range
          {"linux": {"namespaces": [{"type": "pid"}, {"type": "uts"}, {"type": "net"}]}} | /linux/namespaces/2/type | "net" is not a known value
          {"linux": {"sysctl": {"a/b~c": 1}}} | /linux/sysctl/a~1b~0c | a number stands where a string belongs
          {"linux": {"seccomp": {"defaultAction": "NO"}}} | /linux/seccomp/defaultAction | "NO" is not a known value
          {"linux": {"seccomp": {"syscalls": [{"action": "SCMP_ACT_LOG"}]}}} | /linux/seccomp/syscalls/0 | the required property "names" is missing
          {"linux": {"devices": [{"path": "/dev/x", "type": "z"}]}} | /linux/devices/0/type | "z" is not a known value
          {"linux": {"devices": [{"path": "/dev/x", "type": "c"}]}} | /linux/devices/0 | the required property "major" is missing
          {"linux": {"resources": {"devices": [{"access": "rx"}]}}} | /linux/resources/devices/0/access | "rx" is not a known value
          {"linux": {"rootfsPropagation": "none"}} | /linux/rootfsPropagation | "none" is not a known value
          {"linux": {"timeOffsets": {"realtime": {}}}} | /linux/timeOffsets/realtime | "realtime" is not a known value
          {"linux": {"personality": {"flags": ["x"]}}} | /linux/personality/flags/0 | "x" is not a known value
          {"hooks": {"poststop": [{"path": "/x", "timeout": 0}]}} | /hooks/poststop/0/timeout | 0 is out of range
          """)
  void refuses(String text, String pointer, String finding) {
    SpecException exception =
        catchThrowableOfType(SpecException.class, () -> SpecReader.read(text));

    assertThat(exception).isNotNull();
    assertThat(exception.pointer()).isEqualTo(pointer);
    assertThat(exception.failure().finding()).isEqualTo(finding);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"ociVersion\" 1}     | this is not JSON: at line 1 column 16",
        "{\"ociVersion\": \"1   | this is not JSON: ",
        "{\"root\": {            | this is not JSON: it ends too early",
        "{'ociVersion': '1'}     | this is not JSON: at line 1 column 3",
      })
  void refusesWhatIsNotJson(String text, String finding) {
    SpecException exception =
        catchThrowableOfType(SpecException.class, () -> SpecReader.read(text));

    assertThat(exception).isNotNull();
    assertThat(exception.failure().finding()).startsWith(finding.strip());
    assertThat(exception.failure().finding()).doesNotContain("JsonReader");
  }

  @Test
  void refusesTextAfterTheEnd() {
    SpecException exception =
        catchThrowableOfType(
            SpecException.class,
            () -> SpecReader.read("{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"}} {}"));

    assertThat(exception).isNotNull();
  }

  @Test
  void refusesNestingWithoutEnd() {
    String text = "{\"x\":" + "[".repeat(100_000);

    SpecException exception =
        catchThrowableOfType(SpecException.class, () -> SpecReader.read(text));

    assertThat(exception).isNotNull();
  }

  @Test
  void passesOverUnknownPropertiesAndTakesNullForAbsent() {
    Spec spec =
        SpecReader.read(
            """
            {"ociVersion": "1.9.0", "root": {"path": "r", "future": [1, {"a": null}]},
             "process": {"cwd": "/", "args": null, "capabilities": null, "user": {"username": "x"}},
             "windows": {"layerFolders": []}, "linux": null, "future": 1e400}
            """);

    assertThat(spec)
        .isEqualTo(
            Spec.builder("1.9.0", new Root("r", /* readonly= */ false))
                .process(Process.builder().build())
                .build());
  }

  @Test
  void readsNumbersToTheirLimits() {
    Spec spec =
        SpecReader.read(
            """
            {"ociVersion": "1.3.0", "root": {"path": "r"},
             "process": {"cwd": "/", "user": {"uid": 4294967295, "gid": 0, "umask": 511},
               "rlimits": [{"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 0}]},
             "linux": {"resources": {"memory": {"limit": -9223372036854775808}}}}
            """);

    Process process = Objects.requireNonNull(spec.process());
    assertThat(process.user()).isEqualTo(new User(4294967295L, 0, 0777, List.of()));
    assertThat(process.rlimits()).containsExactly(new PosixRlimit("RLIMIT_CORE", 0, -1));
    assertThat(spec.linux().resources().memory().limit()).isEqualTo(Long.MIN_VALUE);
  }

  /// Whatever a stranger changes in a document, the reader refuses it or accepts it; it never fails
  /// otherwise.
  @Test
  void answersDamagedDocumentsWithSpecExceptionsOnly() {
    String fixture = SpecRoundTripTest.fixture("every-property.json");
    for (long seed = 0; seed < 3000; seed++) {
      Random random = new Random(seed);
      StringBuilder text = new StringBuilder(fixture);
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(3)) {
          case 0 -> text.setCharAt(at, (char) (32 + random.nextInt(96)));
          case 1 -> text.deleteCharAt(at);
          default -> text.insert(at, "{}[]\",:0-\u0000n".charAt(random.nextInt(11)));
        }
      }
      try {
        SpecReader.read(text.toString());
      } catch (SpecException e) {
        assertThat(e.getMessage()).as("seed %s", seed).startsWith("config.json");
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  /// Every value of the document that holds every property, replaced by one of another type, is
  /// refused at its own place.
  @Test
  void namesThePlaceOfEveryWrongType() {
    JsonObject document =
        JsonParser.parseString(SpecRoundTripTest.fixture("every-property.json")).getAsJsonObject();
    List<String> pointers = new ArrayList<>();
    collect(document, "", pointers);

    assertThat(pointers).hasSizeGreaterThan(150);
    for (String pointer : pointers) {
      JsonObject copy = document.deepCopy();
      replace(copy, pointer);

      SpecException exception =
          catchThrowableOfType(SpecException.class, () -> SpecReader.read(copy.toString()));

      assertThat(exception).as(pointer).isNotNull();
      assertThat(exception.pointer()).isEqualTo(pointer);
    }
  }

  private static void collect(JsonElement element, String pointer, List<String> pointers) {
    if (!pointer.isEmpty()) {
      pointers.add(pointer);
    }
    if (element.isJsonObject()) {
      for (Map.Entry<String, JsonElement> entry : element.getAsJsonObject().entrySet()) {
        String name = entry.getKey().replace("~", "~0").replace("/", "~1");
        collect(entry.getValue(), pointer + "/" + name, pointers);
      }
    } else if (element.isJsonArray()) {
      for (int i = 0; i < element.getAsJsonArray().size(); i++) {
        collect(element.getAsJsonArray().get(i), pointer + "/" + i, pointers);
      }
    }
  }

  /// Replaces a value by a boolean, and a boolean by a number.
  private static void replace(JsonObject document, String pointer) {
    String[] steps = pointer.substring(1).split("/", -1);
    JsonElement at = document;
    for (int i = 0; i < steps.length; i++) {
      String step = steps[i].replace("~1", "/").replace("~0", "~");
      boolean last = i == steps.length - 1;
      JsonElement next =
          at.isJsonArray()
              ? at.getAsJsonArray().get(Integer.parseInt(step))
              : at.getAsJsonObject().get(step);
      if (!last) {
        at = next;
        continue;
      }
      boolean isBoolean = next.isJsonPrimitive() && next.getAsJsonPrimitive().isBoolean();
      JsonPrimitive wrong = isBoolean ? new JsonPrimitive(1) : new JsonPrimitive(Boolean.TRUE);
      if (at.isJsonArray()) {
        at.getAsJsonArray().set(Integer.parseInt(step), wrong);
      } else {
        at.getAsJsonObject().add(step, wrong);
      }
    }
  }
}
