package dev.brig.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentsTest {
  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final String CONFIG =
      """
      {"architecture":"arm64","os":"linux","variant":"v8",
       "config":{"User":"1000:100","Env":["A=b","A=c"],"Entrypoint":["/init"],"Cmd":["sh","-c",""],
         "WorkingDir":"/srv","Volumes":{"/data":{}},"StopSignal":"SIGINT","Labels":{"x":"y\\n"},
         "ExposedPorts":{"80/tcp":{}},"Healthcheck":{"Test":["NONE"]},"Unknown":[1,2]},
       "rootfs":{"type":"layers","diff_ids":["%s"]},"history":[]}
      """
          .formatted(DIGEST);

  private static JsonNode json(String text) {
    return JsonNode.parse(text.getBytes(UTF_8), "doc");
  }

  @Test
  void readsAConfiguration() {
    ImageConfig config = ImageConfig.read(json(CONFIG));

    assertThat(config.user()).isEqualTo("1000:100");
    assertThat(config.env()).containsExactly("A=b", "A=c");
    assertThat(config.entrypoint()).containsExactly("/init");
    assertThat(config.cmd()).containsExactly("sh", "-c", "");
    assertThat(config.workingDir()).isEqualTo("/srv");
    assertThat(config.volumes()).containsExactly("/data");
    assertThat(config.stopSignal()).isEqualTo("SIGINT");
    assertThat(config.labels()).containsEntry("x", "y\n");
    assertThat(config.exposedPorts()).containsExactly("80/tcp");
    assertThat(config.healthcheck()).isEqualTo("{\"Test\":[\"NONE\"]}");
    assertThat(config.architecture()).isEqualTo("arm64");
    assertThat(ImageConfig.diffIds(json(CONFIG))).containsExactly(Digest.parse(DIGEST));
  }

  @Test
  void whatIsNullIsAbsent() {
    ImageConfig config =
        ImageConfig.read(json("{\"os\":null,\"config\":{\"Cmd\":null,\"Labels\":null}}"));

    assertThat(config).isEqualTo(ImageConfig.empty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"config\":{\"Env\":\"A=b\"}}",
        "{\"config\":{\"Env\":[1]}}",
        "{\"config\":{\"Env\":[\"a\\u0000b\"]}}",
        "{\"config\":{\"User\":0}}",
        "{\"config\":[]}",
        "{\"config\":{\"Volumes\":[\"/a\"]}}",
        "[]"
      })
  void refusesMembersOfAnotherTypeAndNamesThem(String text) {
    assertThatThrownBy(() -> ImageConfig.read(json(text)))
        .isInstanceOf(ImageException.class)
        .hasMessageStartingWith("doc");
  }

  @Test
  void namesThePlaceByAPointer() {
    assertThatThrownBy(() -> ImageConfig.read(json("{\"config\":{\"Labels\":{\"a/b~c\":1}}}")))
        .hasMessage("doc /config/Labels/a~1b~0c: not a string");
  }

  @Test
  void refusesAManifestThatIsSomethingElse() {
    String config = descriptor("application/vnd.oci.image.config.v1+json", DIGEST, "1");
    String head = "{\"schemaVersion\":2,";

    refusesManifest("{\"schemaVersion\":1}", "schemaVersion");
    refusesManifest(
        head + "\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}", "media type");
    refusesManifest(head + "\"manifests\":[]}", "an index's members");
    refusesManifest(
        head + "\"config\":" + descriptor("application/vnd.oci.empty.v1+json", DIGEST, "2") + "}",
        "not a container image but an artifact");
    refusesManifest(
        head
            + "\"config\":"
            + config
            + ",\"layers\":["
            + descriptor("text/plain", DIGEST, "1")
            + "]}",
        "unknown media type text/plain");
    refusesManifest(
        head + "\"config\":" + descriptor("x", "sha256:" + "AB".repeat(32), "1") + "}", "sha256");
    refusesManifest(head + "\"config\":" + descriptor("x", DIGEST, "-1") + "}", "negative");
    refusesManifest(head + "\"config\":" + descriptor("x", DIGEST, "1.5") + "}", "whole number");
  }

  private static String descriptor(String mediaType, String digest, String size) {
    return "{\"mediaType\":\""
        + mediaType
        + "\",\"digest\":\""
        + digest
        + "\",\"size\":"
        + size
        + "}";
  }

  private static void refusesManifest(String text, String finding) {
    assertThatThrownBy(() -> Manifest.read(json(text)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(finding);
  }

  @Test
  void digestsAreOfOneForm() {
    assertThat(Digest.parse(DIGEST)).hasToString(DIGEST);
    assertThat(Digest.of(new byte[0]).hex()).startsWith("e3b0c44298fc1c14");
    for (String text :
        new String[] {"", "sha256", "sha256:", "md5:" + "0".repeat(32), DIGEST + "0", "../etc"}) {
      assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(ImageException.class);
    }
  }

  @Test
  void damagedDocumentsAreReadOrRefused() {
    byte[] whole = CONFIG.getBytes(UTF_8);
    for (int round = 0; round < 3000; round++) {
      Random random = new Random(round);
      byte[] damaged = whole.clone();
      for (int i = 0; i < 3; i++) {
        int at = random.nextInt(damaged.length);
        damaged[at] =
            random.nextBoolean() ? whole[random.nextInt(whole.length)] : (byte) random.nextInt(256);
      }
      try {
        var _ = ImageConfig.read(JsonNode.parse(damaged, "doc"));
      } catch (ImageException _) {
        // As it has to be.
      } catch (RuntimeException e) {
        fail("seed " + round, e);
      }
    }
  }
}
