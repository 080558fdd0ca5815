package dev.brig.linux;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Function;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/// Starts programs as children of this process: the C library's posix_spawn(3), the one safe way
/// for a process of many threads, since no Java runs between its clone and its execve.
///
/// @see <a href="https://man7.org/linux/man-pages/man3/posix_spawn.3.html">posix_spawn(3)</a>
public final class Spawner {
  // glibc's posix_spawn_file_actions_t has 80 bytes, musl's 128.
  private static final int ACTIONS_BYTES = 256;

  private final Invoker invoker = Invoker.getInstance();
  private final Library library = Library.getDefault();

  /// Starts the program in an open file.
  ///
  /// The child inherits the descriptors that are not close-on-exec. Whoever started it waits for
  /// it: [ProcessCalls#waitFor].
  ///
  /// @param program open for reading
  /// @param argv the arguments, the program's name first
  /// @param envp the environment, `NAME=value` each
  /// @param descriptors what the child has at which numbers; none of those is the program's, nor
  ///   that of another of these
  /// @return the child's number
  /// @throws KernelException with any error of clone(2) or execve(2)
  public int spawn(Fd program, List<String> argv, List<String> envp, Map<Integer, Fd> descriptors) {
    try (Scratch scratch = Scratch.take()) {
      ByteBuffer actions = ByteBuffer.allocateDirect(ACTIONS_BYTES);
      long address = Scratch.addressOf(actions);
      check("posix_spawn_file_actions_init", call("posix_spawn_file_actions_init", address));
      try {
        for (Map.Entry<Integer, Fd> descriptor : descriptors.entrySet()) {
          String add = "posix_spawn_file_actions_adddup2";
          check(add, call(add, address, descriptor.getValue().number(), descriptor.getKey()));
        }
        Scratch.Room pid = scratch.room(Long.BYTES);
        String path = "/proc/self/fd/" + program.number();
        long result =
            call(
                "posix_spawn",
                pid.address(),
                scratch.text(path),
                address,
                0,
                scratch.texts(argv),
                scratch.texts(envp));
        check("posix_spawn(\"" + path + "\")", result);
        return pid.getInt(0);
      } finally {
        var _ = call("posix_spawn_file_actions_destroy", address);
      }
    }
  }

  // All of these return the number of an error, or 0.
  private static void check(String call, long result) {
    if (result != 0) {
      throw new KernelException("start a program", call, Errno.of((int) result), "");
    }
  }

  private long call(String name, long... arguments) {
    Type[] types = new Type[arguments.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = Type.SLONG_LONG;
    }
    CallContext context =
        new CallContext(Type.SINT, types, CallingConvention.DEFAULT, /* saveErrno= */ false);
    Function function = new Function(library.getSymbolAddress(name), context);
    HeapInvocationBuffer buffer = new HeapInvocationBuffer(function);
    for (long argument : arguments) {
      buffer.putLong(argument);
    }
    return invoker.invokeInt(function, buffer);
  }
}
