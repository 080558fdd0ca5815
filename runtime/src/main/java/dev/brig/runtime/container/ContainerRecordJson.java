package dev.brig.runtime.container;

import dev.brig.runtime.json.JsonException;
import dev.brig.runtime.json.JsonIn;
import dev.brig.runtime.json.JsonOut;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads and writes `container.json`.
final class ContainerRecordJson {
  private ContainerRecordJson() {}

  /// Returns the record as text that ends in a line break.
  static String write(ContainerRecord record) {
    StringWriter text = new StringWriter(1024);
    JsonOut out = new JsonOut(text);
    out.beginObject();
    out.required("id", record.id().text());
    out.required("name", record.name());
    out.required("created", record.createdMillis());
    out.beginObject("image");
    out.required("reference", record.image().reference());
    out.optional("id", record.image().id());
    paths("layers", record.image().layers(), out);
    out.endObject();
    out.strings("command", record.command());
    for (ContainerOption option : record.options()) {
      out.ifTrue(option.text(), /* value= */ true);
    }
    out.required("stopSignal", record.stop().signal());
    out.required("stopTimeout", record.stop().timeoutSeconds());
    out.optional("userns", record.userns());
    out.optional("network", record.network());
    out.optional("memory", record.memory());
    if (record.degree() != Degree.CONTAINER) {
      out.required("isolation", record.degree().text());
    }
    out.stringMap("labels", record.labels());
    paths("cgroups", record.cgroups(), out);
    limits(record.limits(), out);
    supervision(record.supervision(), out);
    out.strings("volumes", record.volumes());
    out.endObject();
    return text.append('\n').toString();
  }

  private static void supervision(Supervision supervision, JsonOut out) {
    out.optional("pidFile", supervision.pidFile());
    if (supervision.logBytesMax() > 0) {
      out.required("logBytesMax", supervision.logBytesMax());
    }
    if (supervision.timeoutSeconds() > 0) {
      out.required("timeout", supervision.timeoutSeconds());
    }
  }

  private static void paths(String name, List<Path> paths, JsonOut out) {
    if (paths.isEmpty()) {
      return;
    }
    out.beginArray(name);
    for (Path path : paths) {
      out.element(path.toString());
    }
    out.endArray();
  }

  private static void limits(List<AppliedLimit> limits, JsonOut out) {
    if (limits.isEmpty()) {
      return;
    }
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

  /// Reads a record.
  ///
  /// @throws JsonException if it is damaged
  static ContainerRecord read(String text) {
    JsonIn in = new JsonIn(new StringReader(text));
    ContainerId id = null;
    String name = null;
    Long created = null;
    Draft draft = new Draft();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "id" -> id = id(in);
        case "name" -> name = in.string();
        case "created" -> created = in.int64();
        default -> draft.read(in);
      }
    }
    in.end();
    return draft.finish(
        ContainerRecord.builder(
            in.require(id, "id"), in.require(name, "name"), in.require(created, "created")));
  }

  private static ContainerId id(JsonIn in) {
    String text = in.string();
    if (!ContainerId.isId(text)) {
      throw in.wrong("\"" + text + "\" is not a container id");
    }
    return new ContainerId(text);
  }

  /// The properties that may be absent.
  private static final class Draft {
    private ImageOrigin image = ImageOrigin.UNKNOWN;
    private List<String> command = List.of();
    private final Set<ContainerOption> options = EnumSet.noneOf(ContainerOption.class);
    private int stopSignal = StopPolicy.DEFAULT.signal();
    private int stopTimeout = StopPolicy.DEFAULT.timeoutSeconds();
    private String userns = "";
    private String network = "";
    private Map<String, String> labels = Map.of();
    private List<Path> cgroups = List.of();
    private List<AppliedLimit> limits = List.of();
    private String pidFile = "";
    private long logBytesMax;
    private int timeout;
    private List<String> volumes = List.of();
    private String memory = "";
    private Degree degree = Degree.CONTAINER;

    void read(JsonIn in) {
      switch (in.name()) {
        case "image" -> image = image(in);
        case "command" -> command = in.strings();
        case "stopSignal" -> stopSignal = in.int32(1, 64);
        case "stopTimeout" -> stopTimeout = in.int32(0, Integer.MAX_VALUE);
        case "userns" -> userns = in.string();
        case "network" -> network = in.string();
        case "memory" -> memory = in.string();
        case "isolation" -> degree = degree(in);
        case "labels" -> labels = in.stringMap();
        case "cgroups" -> cgroups = paths(in);
        case "limits" -> limits = limits(in);
        case "pidFile" -> pidFile = in.string();
        case "logBytesMax" -> logBytesMax = Math.max(0, in.int64());
        case "timeout" -> timeout = in.int32(0, Integer.MAX_VALUE);
        case "volumes" -> volumes = in.strings();
        default -> option(in);
      }
    }

    private void option(JsonIn in) {
      ContainerOption option = ContainerOption.of(in.name());
      if (option == null) {
        in.skip();
      } else if (in.bool()) {
        options.add(option);
      }
    }

    ContainerRecord finish(ContainerRecord.Builder record) {
      return record
          .image(image)
          .command(command)
          .options(options)
          .stop(new StopPolicy(stopSignal, stopTimeout))
          .userns(userns)
          .network(network)
          .labels(labels)
          .cgroups(cgroups)
          .limits(limits)
          .supervision(new Supervision(pidFile, logBytesMax, timeout))
          .volumes(volumes)
          .memory(memory)
          .degree(degree)
          .build();
    }
  }

  private static Degree degree(JsonIn in) {
    String text = in.string();
    return Degree.of(text)
        .orElseThrow(() -> in.wrong("\"" + text + "\" is no degree of isolation"));
  }

  private static ImageOrigin image(JsonIn in) {
    String reference = null;
    String id = "";
    List<Path> layers = List.of();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "reference" -> reference = in.string();
        case "id" -> id = in.string();
        case "layers" -> layers = paths(in);
        default -> in.skip();
      }
    }
    return new ImageOrigin(in.require(reference, "reference"), id, layers);
  }

  private static List<Path> paths(JsonIn in) {
    List<Path> paths = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      paths.add(Path.of(in.string()));
    }
    return paths;
  }

  private static List<AppliedLimit> limits(JsonIn in) {
    List<AppliedLimit> limits = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      String name = null;
      String value = null;
      String file = null;
      in.beginObject();
      while (in.nextName()) {
        switch (in.name()) {
          case "name" -> name = in.string();
          case "value" -> value = in.string();
          case "file" -> file = in.string();
          default -> in.skip();
        }
      }
      limits.add(
          new AppliedLimit(
              in.require(name, "name"), in.require(value, "value"), in.require(file, "file")));
    }
    return limits;
  }
}
