package dev.brig.runtime.spec;

import dev.brig.runtime.json.JsonOut;

/// Writes the section `linux.seccomp`.
final class SeccompWriter {
  private SeccompWriter() {}

  /// Writes the section as a property of the object that is open.
  static void write(LinuxSeccomp seccomp, JsonOut out) {
    out.name("seccomp");
    writeProperties(seccomp, out);
  }

  /// Writes the filter as an object without a name.
  static void writeProperties(LinuxSeccomp seccomp, JsonOut out) {
    out.beginObject();
    out.required("defaultAction", seccomp.defaultAction().name());
    out.optional("defaultErrnoRet", seccomp.defaultErrnoRet());
    out.constants("architectures", seccomp.architectures());
    out.constants("flags", seccomp.flags());
    out.optional("listenerPath", seccomp.listener().path());
    out.optional("listenerMetadata", seccomp.listener().metadata());
    if (!seccomp.syscalls().isEmpty()) {
      out.beginArray("syscalls");
      for (LinuxSyscall syscall : seccomp.syscalls()) {
        syscall(syscall, out);
      }
      out.endArray();
    }
    out.endObject();
  }

  private static void syscall(LinuxSyscall syscall, JsonOut out) {
    out.beginObject();
    out.strings("names", syscall.names());
    out.required("action", syscall.action().name());
    out.optional("errnoRet", syscall.errnoRet());
    if (!syscall.args().isEmpty()) {
      out.beginArray("args");
      for (LinuxSeccompArg arg : syscall.args()) {
        out.beginObject();
        out.required("index", arg.index());
        out.unsigned("value", arg.value());
        if (arg.valueTwo() != 0) {
          out.unsigned("valueTwo", arg.valueTwo());
        }
        out.required("op", arg.op().name());
        out.endObject();
      }
      out.endArray();
    }
    out.endObject();
  }
}
