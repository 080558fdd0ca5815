package dev.brig.image;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What an image says about how to run it. Absent strings are empty; nothing is defaulted here.
///
/// @param user who runs the command: `user`, `uid`, `user:group`, `uid:gid`, or empty
/// @param env the environment as `NAME=value`, in the image's order
/// @param entrypoint what the command begins with
/// @param cmd the rest of the command, or the command if there is no entry point
/// @param workingDir the working directory, or empty
/// @param volumes the paths that are meant to be volumes
/// @param stopSignal what asks the command to end, `SIGTERM` or a number, or empty
/// @param labels free-form; never read by brig's own logic
/// @param exposedPorts `80/tcp`, …
/// @param healthcheck Docker's Healthcheck member as JSON text, or empty
/// @param architecture `amd64`, …; empty if the image does not say
/// @param os `linux`; empty if the image does not say
/// @param origin who made it, when, and for which variant of the architecture
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/config.md">image
///   configuration</a>
public record ImageConfig(
    String user,
    List<String> env,
    List<String> entrypoint,
    List<String> cmd,
    String workingDir,
    List<String> volumes,
    String stopSignal,
    Map<String, String> labels,
    List<String> exposedPorts,
    String healthcheck,
    String architecture,
    String os,
    Origin origin) {

  /// What an image says about itself that nothing depends on. Absent strings are empty.
  ///
  /// @param author who made it
  /// @param created when, in RFC 3339 form
  /// @param variant the architecture's variant, `v8`
  public record Origin(String author, String created, String variant) {
    /// Nothing said.
    public static final Origin NONE = new Origin("", "", "");
  }

  /// Copies the collections.
  public ImageConfig {
    env = List.copyOf(env);
    entrypoint = List.copyOf(entrypoint);
    cmd = List.copyOf(cmd);
    volumes = List.copyOf(volumes);
    // In the image's order, which Map.copyOf would not keep.
    labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
    exposedPorts = List.copyOf(exposedPorts);
  }

  /// Returns the configuration of a plain root directory: nothing.
  public static ImageConfig empty() {
    return new ImageConfig(
        "",
        List.of(),
        List.of(),
        List.of(),
        "",
        List.of(),
        "",
        Map.of(),
        List.of(),
        "",
        "",
        "",
        Origin.NONE);
  }

  /// Reads the run part of an image's configuration; [#diffIds] reads the other.
  ///
  /// @throws ImageException if a member is not of the type that the specification has
  public static ImageConfig read(JsonNode json) {
    String architecture = json.textOr("architecture", "");
    String os = json.textOr("os", "");
    Origin origin =
        new Origin(
            json.textOr("author", ""), json.textOr("created", ""), json.textOr("variant", ""));
    JsonNode config = json.find("config");
    if (config == null) {
      ImageConfig none = empty();
      return new ImageConfig(
          "",
          none.env,
          none.entrypoint,
          none.cmd,
          "",
          none.volumes,
          "",
          none.labels,
          none.exposedPorts,
          "",
          architecture,
          os,
          origin);
    }
    JsonNode healthcheck = config.find("Healthcheck");
    return new ImageConfig(
        config.textOr("User", ""),
        config.texts("Env"),
        config.texts("Entrypoint"),
        config.texts("Cmd"),
        config.textOr("WorkingDir", ""),
        keys(config, "Volumes"),
        config.textOr("StopSignal", ""),
        config.textMap("Labels"),
        keys(config, "ExposedPorts"),
        healthcheck == null ? "" : healthcheck.element().toString(),
        architecture,
        os,
        origin);
  }

  /// Returns the digests of an image's uncompressed layers, the bottom one first.
  ///
  /// @throws ImageException if they are missing or malformed
  public static List<Digest> diffIds(JsonNode json) {
    JsonNode rootfs = json.require("rootfs");
    if (!rootfs.textOr("type", "layers").equals("layers")) {
      throw rootfs.wrong("not made of layers");
    }
    List<Digest> digests = new ArrayList<>();
    for (JsonNode node : rootfs.list("diff_ids")) {
      digests.add(Digest.parse(node.text()));
    }
    return List.copyOf(digests);
  }

  private static List<String> keys(JsonNode config, String name) {
    JsonNode member = config.find(name);
    return member == null ? List.of() : member.names();
  }
}
