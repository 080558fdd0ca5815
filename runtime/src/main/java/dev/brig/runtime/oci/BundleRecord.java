package dev.brig.runtime.oci;

import dev.brig.runtime.json.JsonIn;
import dev.brig.runtime.json.JsonOut;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What is kept of a container beside its configuration.
///
/// @param id its id
/// @param bundle the absolute path of its bundle
/// @param rootfs the absolute path of its root
/// @param created when it was created, RFC 3339 with nanoseconds, in UTC
/// @param owner the user id of who created it
/// @param creator the process that creates it
/// @param cgroups its cgroups
public record BundleRecord(
    String id,
    String bundle,
    String rootfs,
    String created,
    long owner,
    Creator creator,
    List<Path> cgroups) {
  /// Copies the list.
  public BundleRecord {
    cgroups = List.copyOf(cgroups);
  }

  /// The process that creates a container: its number may become another's, but not with the same
  /// start time.
  ///
  /// @param pid its number
  /// @param startTime when it was started, as proc_pid_stat(5) has it
  public record Creator(int pid, long startTime) {}

  /// Returns the record as JSON.
  String write() {
    StringWriter text = new StringWriter();
    JsonOut out = new JsonOut(text);
    out.beginObject();
    out.required("id", id);
    out.required("bundle", bundle);
    out.required("rootfs", rootfs);
    out.required("created", created);
    out.required("owner", owner);
    out.required("creatorPid", creator.pid());
    out.required("creatorStartTime", creator.startTime());
    List<String> paths = new ArrayList<>();
    for (Path cgroup : cgroups) {
      paths.add(cgroup.toString());
    }
    out.allStrings("cgroups", paths);
    out.endObject();
    return text.append('\n').toString();
  }

  /// Reads a record.
  ///
  /// @throws dev.brig.runtime.json.JsonException if it is none
  static BundleRecord read(String text) {
    JsonIn in = new JsonIn(new StringReader(text));
    String id = "";
    String bundle = "";
    String rootfs = "";
    String created = "";
    long owner = 0;
    int creatorPid = 0;
    long startTime = 0;
    List<Path> cgroups = new ArrayList<>();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "id" -> id = in.string();
        case "bundle" -> bundle = in.string();
        case "rootfs" -> rootfs = in.string();
        case "created" -> created = in.string();
        case "owner" -> owner = in.int64();
        case "creatorPid" -> creatorPid = in.int32(0, Integer.MAX_VALUE);
        case "creatorStartTime" -> startTime = in.int64();
        case "cgroups" -> {
          for (String path : in.strings()) {
            cgroups.add(Path.of(path));
          }
        }
        default -> in.skip();
      }
    }
    in.end();
    Creator creator = new Creator(creatorPid, startTime);
    return new BundleRecord(id, bundle, rootfs, created, owner, creator, cgroups);
  }
}
