package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonIn;
import java.util.ArrayList;
import java.util.List;

/// Reads the section `linux.seccomp`.
final class SeccompReader {
  private SeccompReader() {}

  /// Reads the section.
  static LinuxSeccomp seccomp(JsonIn in) {
    SeccompAction defaultAction = null;
    Long defaultErrnoRet = null;
    List<SeccompArch> architectures = List.of();
    List<SeccompFlag> flags = List.of();
    String listenerPath = "";
    String listenerMetadata = "";
    List<LinuxSyscall> syscalls = List.of();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "defaultAction" -> defaultAction = in.constant(SeccompAction.values());
        case "defaultErrnoRet" -> defaultErrnoRet = in.uint32();
        case "architectures" -> architectures = in.constants(SeccompArch.values());
        case "flags" -> flags = in.constants(SeccompFlag.values());
        case "listenerPath" -> listenerPath = in.string();
        case "listenerMetadata" -> listenerMetadata = in.string();
        case "syscalls" -> syscalls = syscalls(in);
        default -> in.skip();
      }
    }
    return new LinuxSeccomp(
        in.require(defaultAction, "defaultAction"),
        defaultErrnoRet,
        architectures,
        flags,
        new LinuxSeccomp.Listener(listenerPath, listenerMetadata),
        syscalls);
  }

  private static List<LinuxSyscall> syscalls(JsonIn in) {
    List<LinuxSyscall> syscalls = new ArrayList<>();
    in.beginArray();
    while (in.nextElement()) {
      syscalls.add(syscall(in));
    }
    return syscalls;
  }

  private static LinuxSyscall syscall(JsonIn in) {
    List<String> names = List.of();
    SeccompAction action = null;
    Long errnoRet = null;
    List<LinuxSeccompArg> args = new ArrayList<>();
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "names" -> names = in.strings();
        case "action" -> action = in.constant(SeccompAction.values());
        case "errnoRet" -> errnoRet = in.uint32();
        case "args" -> {
          args.clear();
          in.beginArray();
          while (in.nextElement()) {
            args.add(arg(in));
          }
        }
        default -> in.skip();
      }
    }
    if (names.isEmpty()) {
      throw in.missing("names");
    }
    return new LinuxSyscall(names, in.require(action, "action"), errnoRet, args);
  }

  private static LinuxSeccompArg arg(JsonIn in) {
    Integer index = null;
    Long value = null;
    long valueTwo = 0;
    SeccompOperator op = null;
    in.beginObject();
    while (in.nextName()) {
      switch (in.name()) {
        case "index" -> index = in.int32(0, 5);
        case "value" -> value = in.uint64();
        case "valueTwo" -> valueTwo = in.uint64();
        case "op" -> op = in.constant(SeccompOperator.values());
        default -> in.skip();
      }
    }
    return new LinuxSeccompArg(
        in.require(index, "index"), in.require(value, "value"), valueTwo, in.require(op, "op"));
  }
}
