package dev.brig.linux;

/// Calls on datagram sockets that have a place among the files, and the pipes that go through them.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
public final class SocketCalls {
  private static final int AF_UNIX = 1;
  private static final int SOCK_DGRAM = 2;
  private static final int CLOEXEC = 02000000;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSGHDR_BYTES = 56;
  private static final int CMSG_BYTES = 24;
  private static final int PATH_OFFSET = 2;
  private static final int PATH_BYTES_MAX = 108;

  private final Calls calls;

  SocketCalls(Calls calls) {
    this.calls = calls;
  }

  /// The two ends of a pipe.
  ///
  /// @param reader becomes readable when the last writer has gone
  /// @param writer the other end
  public record Pipe(Fd reader, Fd writer) {}

  /// Makes a socket for datagrams.
  public Fd datagrams() {
    long result = calls.orThrow(Syscall.SOCKET, AF_UNIX, SOCK_DGRAM | CLOEXEC, 0);
    return new Fd((int) result, calls.gate());
  }

  /// Gives a socket a place among the files.
  ///
  /// @param path where nothing is yet, at most 107 bytes long
  /// @throws KernelException with any error of bind(2)
  public void bind(Fd socket, String path) {
    try (Scratch scratch = Scratch.take()) {
      byte[] address = address(path);
      calls.orThrow(Syscall.BIND, socket.number(), scratch.bytes(address), address.length);
    }
  }

  /// Names who gets what is sent through a socket from now on.
  ///
  /// @param path the other's place, or `@` and an abstract name
  /// @throws KernelException with any error of connect(2)
  public void connect(Fd socket, String path) {
    try (Scratch scratch = Scratch.take()) {
      byte[] address = address(path);
      calls.orThrow(Syscall.CONNECT, socket.number(), scratch.bytes(address), address.length);
    }
  }

  /// Sends a datagram to whom the socket is connected to.
  ///
  /// @throws KernelException with any error of sendto(2)
  public void send(Fd socket, byte[] message) {
    try (Scratch scratch = Scratch.take()) {
      calls.orThrow(
          Syscall.SENDTO,
          socket.number(),
          scratch.bytes(message),
          message.length,
          MSG_NOSIGNAL,
          0,
          0);
    }
  }

  /// Sends a datagram and a descriptor with it.
  ///
  /// @throws KernelException with any error of sendmsg(2)
  public void send(Fd socket, byte[] message, Fd passed) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room vector = scratch.room(2 * Long.BYTES);
      vector.putLong(0, scratch.bytes(message));
      vector.putLong(8, message.length);
      Scratch.Room control = scratch.room(CMSG_BYTES);
      control.putLong(0, CMSG_BYTES - Integer.BYTES);
      control.putInt(8, SOL_SOCKET);
      control.putInt(12, SCM_RIGHTS);
      control.putLong(16, passed.number());
      Scratch.Room header = scratch.room(MSGHDR_BYTES);
      header.putLong(0, 0);
      header.putLong(8, 0);
      header.putLong(16, vector.address());
      header.putLong(24, 1);
      header.putLong(32, control.address());
      header.putLong(40, CMSG_BYTES - Integer.BYTES);
      header.putLong(48, 0);
      calls.orThrow(Syscall.SENDMSG, socket.number(), header.address(), MSG_NOSIGNAL);
    }
  }

  /// Makes a pipe.
  public Pipe pipe() {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room ends = scratch.room(Long.BYTES);
      calls.orThrow(Syscall.PIPE2, ends.address(), CLOEXEC);
      return new Pipe(new Fd(ends.getInt(0), calls.gate()), new Fd(ends.getInt(4), calls.gate()));
    }
  }

  // An abstract name begins with a NUL and has none at its end.
  private static byte[] address(String path) {
    byte[] name = KernelText.encode(path);
    boolean hasName = path.startsWith("@");
    if (name.length + (hasName ? 0 : 1) > PATH_BYTES_MAX) {
      throw new KernelException("", "bind(\"" + path + "\")", Errno.ENAMETOOLONG, "");
    }
    byte[] address = new byte[PATH_OFFSET + name.length + (hasName ? 0 : 1)];
    address[0] = AF_UNIX;
    System.arraycopy(name, 0, address, PATH_OFFSET, name.length);
    if (hasName) {
      address[PATH_OFFSET] = 0;
    }
    return address;
  }
}
