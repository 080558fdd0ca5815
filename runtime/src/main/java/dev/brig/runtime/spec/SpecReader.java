package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonException;
import dev.brig.runtime.json.JsonIn;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Reads `config.json`.
///
/// Unknown properties are passed over and unknown values are refused, as the specification demands;
/// a property that is null counts as absent. What is checked is each value by itself; what must
/// hold between them is [SpecValidator]'s part.
///
/// @see <a
///   href="https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md">config.md</a>
public final class SpecReader {
  private SpecReader() {}

  /// Reads the configuration in this file.
  ///
  /// @throws SpecException if it is not what the specification allows
  /// @throws UncheckedIOException if the file cannot be read
  public static Spec read(Path file) {
    try {
      return read(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Reads the configuration that this text is.
  ///
  /// @throws SpecException if it is not what the specification allows
  public static Spec read(String text) {
    return read(new StringReader(text));
  }

  /// Reads the configuration that this reader delivers; the caller closes it.
  ///
  /// @throws SpecException if it is not what the specification allows
  /// @throws UncheckedIOException if reading fails
  public static Spec read(Reader text) {
    try {
      JsonIn in = new JsonIn(text);
      Spec spec = spec(in);
      in.end();
      return spec;
    } catch (JsonException e) {
      throw new SpecException(e.pointer(), e.failure().finding(), e.failure().hint());
    }
  }

  /// Reads a process by itself, as `exec --process` of an OCI runtime takes it.
  ///
  /// @throws SpecException if it is not what the specification allows
  public static Process readProcess(String text) {
    try {
      JsonIn in = new JsonIn(new StringReader(text));
      Process process = ProcessReader.process(in);
      in.end();
      return process;
    } catch (JsonException e) {
      throw new SpecException(e.pointer(), e.failure().finding(), e.failure().hint());
    }
  }

  /// Reads resources by themselves, as `update --resources` of an OCI runtime takes them.
  ///
  /// @throws SpecException if they are not what the specification allows
  public static LinuxResources readResources(String text) {
    try {
      JsonIn in = new JsonIn(new StringReader(text));
      LinuxResources resources = ResourcesReader.resources(in);
      in.end();
      return resources;
    } catch (JsonException e) {
      throw new SpecException(e.pointer(), e.failure().finding(), e.failure().hint());
    }
  }

  private static Spec spec(JsonIn in) {
    String version = null;
    Root root = null;
    Spec.Builder spec = Spec.builder("", new Root("", /* readonly= */ false));
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "ociVersion" -> version = in.string();
        case "process" -> spec.process(ProcessReader.process(in));
        case "root" -> root = root(in);
        case "hostname" -> spec.hostname(in.string());
        case "domainname" -> spec.domainname(in.string());
        case "mounts" -> spec.mounts(mounts(in));
        case "hooks" -> spec.hooks(hooks(in));
        case "annotations" -> spec.annotations(in.stringMap());
        case "linux" -> spec.linux(LinuxReader.linux(in));
        default -> in.skip();
      }
    }
    return spec.ociVersion(in.require(version, "ociVersion"))
        .root(in.require(root, "root"))
        .build();
  }

  private static Root root(JsonIn in) {
    String path = null;
    boolean readonly = false;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "path" -> path = in.string();
        case "readonly" -> readonly = in.bool();
        default -> in.skip();
      }
    }
    return new Root(in.require(path, "path"), readonly);
  }

  private static List<Mount> mounts(JsonIn in) {
    List<Mount> mounts = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      mounts.add(mount(in));
    }
    return mounts;
  }

  private static Mount mount(JsonIn in) {
    String destination = null;
    String type = "";
    String source = "";
    List<String> options = List.of();
    List<LinuxIdMapping> uidMappings = List.of();
    List<LinuxIdMapping> gidMappings = List.of();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "destination" -> destination = in.string();
        case "type" -> type = in.string();
        case "source" -> source = in.string();
        case "options" -> options = in.strings();
        case "uidMappings" -> uidMappings = LinuxReader.idMappings(in);
        case "gidMappings" -> gidMappings = LinuxReader.idMappings(in);
        default -> in.skip();
      }
    }
    return new Mount(
        in.require(destination, "destination"), type, source, options, uidMappings, gidMappings);
  }

  private static Hooks hooks(JsonIn in) {
    List<Hook> prestart = List.of();
    List<Hook> createRuntime = List.of();
    List<Hook> createContainer = List.of();
    List<Hook> startContainer = List.of();
    List<Hook> poststart = List.of();
    List<Hook> poststop = List.of();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "prestart" -> prestart = hookList(in);
        case "createRuntime" -> createRuntime = hookList(in);
        case "createContainer" -> createContainer = hookList(in);
        case "startContainer" -> startContainer = hookList(in);
        case "poststart" -> poststart = hookList(in);
        case "poststop" -> poststop = hookList(in);
        default -> in.skip();
      }
    }
    return new Hooks(prestart, createRuntime, createContainer, startContainer, poststart, poststop);
  }

  private static List<Hook> hookList(JsonIn in) {
    List<Hook> hooks = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      hooks.add(hook(in));
    }
    return hooks;
  }

  private static Hook hook(JsonIn in) {
    String path = null;
    List<String> args = List.of();
    List<String> env = null;
    Integer timeout = null;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "path" -> path = in.string();
        case "args" -> args = in.strings();
        case "env" -> env = in.strings();
        case "timeout" -> timeout = in.int32(1, Integer.MAX_VALUE);
        default -> in.skip();
      }
    }
    return new Hook(in.require(path, "path"), args, env, timeout);
  }
}
