package dev.brig.it;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;

/// A system call of a plan, as `brig explain --json` tells it.
///
/// @param number which fault hits it
/// @param section the label above it
/// @param why the step
/// @param name the call's name
/// @param text the call with its arguments
/// @param action what its failure does: `abort`, `ignore`, `tolerate`, `divert`
/// @param errnos the errors that are tolerated or diverted
record PlannedCall(
    int number,
    String section,
    String why,
    String name,
    String text,
    String action,
    List<String> errnos) {
  PlannedCall {
    errnos = List.copyOf(errnos);
  }

  /// Returns the calls of a plan.
  static List<PlannedCall> all(String json) {
    List<PlannedCall> calls = new ArrayList<>();
    JsonObject plan = JsonParser.parseString(json).getAsJsonObject();
    for (JsonElement element : plan.getAsJsonArray("steps")) {
      JsonObject step = element.getAsJsonObject();
      if (!step.has("call")) {
        continue;
      }
      JsonObject onError = step.getAsJsonObject("onError");
      List<String> errnos = new ArrayList<>();
      if (onError.has("errnos")) {
        onError.getAsJsonArray("errnos").forEach(errno -> errnos.add(errno.getAsString()));
      }
      calls.add(
          new PlannedCall(
              step.get("number").getAsInt(),
              step.get("section").getAsString(),
              step.get("why").getAsString(),
              step.get("call").getAsString(),
              step.get("text").getAsString(),
              onError.get("action").getAsString(),
              errnos));
    }
    return calls;
  }

  /// Tells whether the plan goes on after this error, by design.
  boolean passesOver(String errno) {
    return action.equals("ignore") || errnos.contains(errno);
  }

  /// Tells whether this is the execution of the user's command.
  boolean isExecution() {
    return name.equals("execve") && why.startsWith("execute ");
  }

  /// Tells whether this is the execution of newuidmap(1) or newgidmap(1).
  boolean isIdMapper() {
    return name.equals("execve") && why.startsWith("map ids with ");
  }

  /// Returns the status that the field has for the failure: 127 for a command that is not there,
  /// 126 for one that can't be executed, 125 for brig's own.
  int status(String errno) {
    if (!isExecution()) {
      return 125;
    }
    return errno.equals("ENOENT") || errno.equals("ENOTDIR") ? 127 : 126;
  }

  /// Returns the label above without its number.
  String place() {
    return section.replaceAll("( /\\S*)? \\d+$", "");
  }

  /// Returns what the call is for, without what is another's in another container.
  String kind() {
    return name + " " + plain(why);
  }

  /// Returns a text without identifiers of containers.
  static String plain(String text) {
    return text.replaceAll("/\\S*/containers/[0-9a-f]{64}", "CONTAINER")
        .replaceAll("/brig-fault[0-9]+/", "/FOLDER/")
        .replaceAll("[0-9a-f]{64}", "ID")
        .replaceAll("/sys/fs/cgroup\\S*", "CGROUP");
  }
}
