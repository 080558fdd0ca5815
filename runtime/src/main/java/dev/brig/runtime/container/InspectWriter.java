package dev.brig.runtime.container;

import dev.brig.linux.Signal;
import dev.brig.runtime.json.JsonOut;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes what `inspect` shows: an array with an object for each container.
///
/// ```
///   id, name, created
///   state       status, pid, exitCode, oomKilled, reason, startedAt, finishedAt
///   image       reference, id, layers
///   process     args, env, cwd, user, terminal, capabilities
///   lifecycle   rm, init, tty, interactive, detach, stopSignal, stopTimeout, timeout, pidFile,
///               logBytesMax
///   hostname, isolation, network, userns, labels
///   mounts      destination, type, source, options
///   volumes     the names of those that are this container's alone
///   limits      name, value, file: the option, how much, and where the kernel enforces it
///   cgroups, namespaces
///   paths       directory, config, upper, log
/// ```
///
/// Every property is always there, so that scripts need not ask; times are RFC 3339 in UTC, or
/// empty.
public final class InspectWriter {
  private InspectWriter() {}

  /// Returns the array as text that ends in a line break.
  public static String write(List<Inspection> inspections) {
    StringWriter text = new StringWriter(8192);
    write(inspections, text);
    return text.append('\n').toString();
  }

  /// Writes the array; the caller closes the writer.
  ///
  /// @throws UncheckedIOException if writing fails
  public static void write(List<Inspection> inspections, Writer text) {
    JsonOut out = new JsonOut(text);
    out.beginArray();
    for (Inspection inspection : inspections) {
      out.beginObject();
      one(inspection, out);
      out.endObject();
    }
    out.endArray();
  }

  private static void one(Inspection inspection, JsonOut out) {
    Container container = inspection.container();
    ContainerRecord record = container.record();
    Spec spec = inspection.spec();
    out.required("id", container.id().text());
    out.required("name", container.name());
    out.required("created", Instant.ofEpochMilli(record.createdMillis()).toString());
    state(inspection, out);
    image(record.image(), out);
    process(spec.process(), out);
    lifecycle(record, out);
    out.required("hostname", spec.hostname());
    out.required("isolation", record.degree().text());
    out.required("network", record.network());
    out.required("userns", record.userns());
    out.beginObject("labels");
    record.labels().forEach(out::required);
    out.endObject();
    mounts(spec.mounts(), out);
    out.allStrings("volumes", record.volumes());
    limits(record.limits(), out);
    paths("cgroups", record.cgroups(), out);
    namespaces(spec.linux().namespaces(), out);
    files(container.paths(), out);
  }

  private static void state(Inspection inspection, JsonOut out) {
    Container container = inspection.container();
    ExitRecord exit = container.exit();
    out.beginObject("state");
    out.required("status", container.status().text());
    out.required("pid", container.processes().initPid());
    out.required("exitCode", exit == null ? 0 : exit.exitCode());
    boolean oomKilled = false;
    StringBuilder sentences = new StringBuilder();
    for (Reason reason : inspection.reasons()) {
      oomKilled |= reason.kind() == Reason.Kind.OOM;
      sentences.append(sentences.isEmpty() ? "" : "; ").append(reason.sentence());
    }
    out.required("oomKilled", oomKilled);
    out.required("reason", sentences.isEmpty() ? end(exit) : sentences.toString());
    out.required("startedAt", time(container.startedSeconds()));
    out.required("finishedAt", exit == null ? "" : time(exit.finishedSeconds()));
    out.endObject();
  }

  /// Returns how a container ended when nothing more is known than the record.
  private static String end(@Nullable ExitRecord exit) {
    if (exit == null) {
      return "";
    }
    return switch (exit.cause()) {
      case UNKNOWN -> "nobody saw how it ended";
      case EXITED -> "exited with status " + exit.status();
      case KILLED -> "killed by " + Signal.text(exit.status());
      case DUMPED -> "killed by " + Signal.text(exit.status()) + ", memory dumped";
    };
  }

  private static void image(ImageOrigin image, JsonOut out) {
    out.beginObject("image");
    out.required("reference", image.reference());
    out.required("id", image.id());
    paths("layers", image.layers(), out);
    out.endObject();
  }

  private static void process(@Nullable Process process, JsonOut out) {
    out.beginObject("process");
    if (process != null) {
      out.allStrings("args", process.args());
      out.allStrings("env", process.env());
      out.required("cwd", process.cwd());
      out.required("user", process.user().uid() + ":" + process.user().gid());
      out.required("terminal", process.terminal());
      LinuxCapabilities capabilities = process.capabilities();
      out.allStrings("capabilities", capabilities == null ? List.of() : capabilities.bounding());
    }
    out.endObject();
  }

  private static void lifecycle(ContainerRecord record, JsonOut out) {
    out.beginObject("lifecycle");
    for (ContainerOption option : ContainerOption.values()) {
      out.required(option.text(), record.has(option));
    }
    out.required("stopSignal", Signal.text(record.stop().signal()));
    out.required("stopTimeout", record.stop().timeoutSeconds());
    out.required("timeout", record.supervision().timeoutSeconds());
    out.required("pidFile", record.supervision().pidFile());
    out.required("logBytesMax", record.supervision().logBytesMax());
    out.endObject();
  }

  private static void mounts(List<Mount> mounts, JsonOut out) {
    out.beginArray("mounts");
    for (Mount mount : mounts) {
      out.beginObject();
      out.required("destination", mount.destination());
      out.required("type", mount.type());
      out.required("source", mount.source());
      out.allStrings("options", mount.options());
      out.endObject();
    }
    out.endArray();
  }

  private static void limits(List<AppliedLimit> limits, JsonOut out) {
    out.beginArray("limits");
    for (AppliedLimit limit : limits) {
      out.beginObject();
      out.required("name", limit.name());
      out.required("value", limit.value());
      out.required("file", limit.file());
      out.endObject();
    }
    out.endArray();
  }

  private static void namespaces(List<LinuxNamespace> namespaces, JsonOut out) {
    out.beginArray("namespaces");
    for (LinuxNamespace namespace : namespaces) {
      out.beginObject();
      out.required("type", namespace.type().text());
      out.required("path", namespace.path());
      out.endObject();
    }
    out.endArray();
  }

  private static void files(ContainerPaths paths, JsonOut out) {
    out.beginObject("paths");
    out.required("directory", paths.directory().toString());
    out.required("config", paths.config().toString());
    out.required("upper", paths.upper().toString());
    out.required("log", paths.log().toString());
    out.endObject();
  }

  private static void paths(String name, List<Path> paths, JsonOut out) {
    out.beginArray(name);
    for (Path path : paths) {
      out.element(path.toString());
    }
    out.endArray();
  }

  private static String time(long seconds) {
    return seconds == 0 ? "" : Instant.ofEpochSecond(seconds).toString();
  }
}
