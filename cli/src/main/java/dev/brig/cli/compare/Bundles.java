package dev.brig.cli.compare;

import dev.brig.cli.output.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The bundles of a bench, with the defaults of `runc spec`: all with the same root.
///
/// @param bench where the bundles are made
/// @param root the root of all
/// @see <a
///   href="https://github.com/opencontainers/runtime-spec/blob/v1.2.0/config.md">config.md</a>
record Bundles(Path bench, Path root) {
  private static final List<String> CAPABILITIES =
      List.of("CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE");

  /// Returns the bundle whose process is the probe with these letters.
  Path of(String letters) {
    Path bundle = bench.resolve("bundle-" + letters);
    Path config = bundle.resolve("config.json");
    if (!Files.exists(config)) {
      try {
        Files.createDirectories(bundle);
        Files.writeString(config, config(letters));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return bundle;
  }

  private String config(String letters) {
    Json json = new Json().beginObject().property("ociVersion", "1.0.2");
    json.name("process").beginObject().property("cwd", "/work");
    json.property("args", List.of("/probe", letters)).property("env", List.of("PATH=/bin"));
    json.name("user").beginObject().property("uid", 0).property("gid", 0).endObject();
    json.name("capabilities").beginObject();
    for (String set : List.of("bounding", "effective", "permitted")) {
      json.property(set, CAPABILITIES);
    }
    json.endObject().flag("noNewPrivileges", true).endObject();
    json.name("root").beginObject().property("path", root.toString()).endObject();
    json.property("hostname", "probe").name("mounts").beginArray();
    mount(json, "/proc", "proc", List.of());
    mount(json, "/dev", "tmpfs", List.of("nosuid", "strictatime", "mode=755", "size=65536k"));
    json.endArray().name("linux").beginObject().name("namespaces").beginArray();
    for (String type : List.of("pid", "network", "ipc", "uts", "mount", "cgroup")) {
      json.beginObject().property("type", type).endObject();
    }
    return json.endArray().endObject().endObject().text();
  }

  private static void mount(Json json, String place, String type, List<String> options) {
    json.beginObject().property("destination", place).property("type", type);
    json.property("source", type).property("options", options).endObject();
  }
}
