package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonOut;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.List;

/// Writes `config.json`: indented by two spaces, properties in the specification's order, maps by
/// key, what is absent left out. Equal values give equal text, and reading the text gives an equal
/// value.
public final class SpecWriter {
  private SpecWriter() {}

  /// Returns the configuration as text that ends in a line break.
  public static String write(Spec spec) {
    StringWriter text = new StringWriter(8192);
    write(spec, text);
    return text.append('\n').toString();
  }

  /// Writes the configuration; the caller closes the writer.
  ///
  /// @throws UncheckedIOException if writing fails
  public static void write(Spec spec, Writer text) {
    JsonOut out = new JsonOut(text);
    out.beginObject();
    out.required("ociVersion", spec.ociVersion());
    Process process = spec.process();
    if (process != null) {
      out.beginObject("process");
      ProcessWriter.write(process, out);
      out.endObject();
    }
    out.beginObject("root");
    out.required("path", spec.root().path());
    out.ifTrue("readonly", spec.root().readonly());
    out.endObject();
    out.optional("hostname", spec.hostname());
    out.optional("domainname", spec.domainname());
    mounts(spec.mounts(), out);
    if (!spec.hooks().equals(Hooks.NONE)) {
      hooks(spec.hooks(), out);
    }
    out.stringMap("annotations", spec.annotations());
    if (!spec.linux().equals(Linux.NONE)) {
      out.beginObject("linux");
      LinuxWriter.write(spec.linux(), out);
      out.endObject();
    }
    out.endObject();
  }

  /// Returns a filter of system calls as text: `linux.seccomp` by itself.
  public static String write(LinuxSeccomp seccomp) {
    StringWriter text = new StringWriter();
    JsonOut out = new JsonOut(text);
    SeccompWriter.writeProperties(seccomp, out);
    return text.append('\n').toString();
  }

  private static void mounts(List<Mount> mounts, JsonOut out) {
    if (mounts.isEmpty()) {
      return;
    }
    out.beginArray("mounts");
    for (Mount mount : mounts) {
      out.beginObject();
      out.required("destination", mount.destination());
      out.optional("type", mount.type());
      out.optional("source", mount.source());
      out.strings("options", mount.options());
      LinuxWriter.idMappings("uidMappings", mount.uidMappings(), out);
      LinuxWriter.idMappings("gidMappings", mount.gidMappings(), out);
      out.endObject();
    }
    out.endArray();
  }

  private static void hooks(Hooks hooks, JsonOut out) {
    out.beginObject("hooks");
    hookList("prestart", hooks.prestart(), out);
    hookList("createRuntime", hooks.createRuntime(), out);
    hookList("createContainer", hooks.createContainer(), out);
    hookList("startContainer", hooks.startContainer(), out);
    hookList("poststart", hooks.poststart(), out);
    hookList("poststop", hooks.poststop(), out);
    out.endObject();
  }

  private static void hookList(String name, List<Hook> hooks, JsonOut out) {
    if (hooks.isEmpty()) {
      return;
    }
    out.beginArray(name);
    for (Hook hook : hooks) {
      out.beginObject();
      out.required("path", hook.path());
      out.strings("args", hook.args());
      List<String> env = hook.env();
      if (env != null) {
        out.allStrings("env", env);
      }
      out.optional("timeout", hook.timeout());
      out.endObject();
    }
    out.endArray();
  }
}
