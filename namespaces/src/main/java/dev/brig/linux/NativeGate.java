package dev.brig.linux;

import com.kenai.jffi.CallContext;
import com.kenai.jffi.CallingConvention;
import com.kenai.jffi.Function;
import com.kenai.jffi.HeapInvocationBuffer;
import com.kenai.jffi.Invoker;
import com.kenai.jffi.LastError;
import com.kenai.jffi.Library;
import com.kenai.jffi.Type;
import dev.brig.error.UnsupportedException;

/// The kernel of this machine, reached through the C library's syscall(2) and nothing else.
///
/// jffi is what jnr-ffi is built on. It is used directly because an interface made by jnr-ffi costs
/// a JVM that starts for one command more than the command itself.
///
/// @see <a href="https://man7.org/linux/man-pages/man2/syscall.2.html">syscall(2)</a>
final class NativeGate implements Gate {
  private final Machine machine;
  private final Invoker invoker = Invoker.getInstance();
  private final LastError lastError = LastError.getInstance();
  private final long function;

  // One prepared call for each number of arguments, made when first needed.
  private final CallContext[] contexts = new CallContext[8];

  NativeGate() {
    this.machine = thisMachine();
    this.function = Library.getDefault().getSymbolAddress("syscall");
  }

  @Override
  public Machine machine() {
    return machine;
  }

  @Override
  public long call(Syscall syscall, long... a) {
    CallContext context = context(a.length + 1);
    long number = syscall.number(machine);
    long result =
        switch (a.length) {
          case 0 -> invoker.invokeL1(context, function, number);
          case 1 -> invoker.invokeL2(context, function, number, a[0]);
          case 2 -> invoker.invokeL3(context, function, number, a[0], a[1]);
          case 3 -> invoker.invokeL4(context, function, number, a[0], a[1], a[2]);
          case 4 -> invoker.invokeL5(context, function, number, a[0], a[1], a[2], a[3]);
          case 5 -> invoker.invokeL6(context, function, number, a[0], a[1], a[2], a[3], a[4]);
          case 6 -> sixArguments(context, number, a);
          default -> throw new IllegalArgumentException(syscall + " with " + a.length);
        };
    return result == -1 ? -lastError.get() : result;
  }

  private long sixArguments(CallContext context, long number, long[] arguments) {
    Function prepared = new Function(function, context);
    HeapInvocationBuffer buffer = new HeapInvocationBuffer(prepared);
    buffer.putLong(number);
    for (long argument : arguments) {
      buffer.putLong(argument);
    }
    return invoker.invokeLong(prepared, buffer);
  }

  private CallContext context(int count) {
    CallContext context = contexts[count];
    if (context == null) {
      Type[] types = new Type[count];
      for (int i = 0; i < count; i++) {
        types[i] = Type.SLONG_LONG;
      }
      // Made twice by two threads does no harm: both are equal.
      context =
          new CallContext(Type.SLONG_LONG, types, CallingConvention.DEFAULT, /* saveErrno= */ true);
      contexts[count] = context;
    }
    return context;
  }

  private static Machine thisMachine() {
    String name = System.getProperty("os.arch", "");
    return switch (name) {
      case "amd64", "x86_64" -> Machine.X86_64;
      case "aarch64" -> Machine.AARCH64;
      default ->
          throw new UnsupportedException(
              "start brig",
              "this is a " + name + " machine",
              "brig knows x86-64 and aarch64 machines with Linux");
    };
  }
}
