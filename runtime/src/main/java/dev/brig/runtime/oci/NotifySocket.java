package dev.brig.runtime.oci;

import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelException;
import dev.brig.linux.OpenFlag;
import dev.brig.linux.SocketCalls.Pipe;
import dev.brig.runtime.container.InitProcess;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The socket in a container on which its command says that it is ready; sd_notify(3).
///
/// A caller that waits for that itself, as systemd does for a service of `Type=notify`, says so by
/// NOTIFY_SOCKET. The container gets a socket of its own, since it must not say anything else to
/// the caller: `start` waits for the one word and passes it on, with the number of the container's
/// process.
public final class NotifySocket {
  private static final String TARGET = "/run/notify";
  private static final String NAME = "notify.sock";
  private static final String VARIABLE = "NOTIFY_SOCKET=";
  private static final String READY = "READY=1";
  private static final int MESSAGE_BYTES_MAX = 4096;
  private static final Duration FOREVER = Duration.ofDays(365);
  private static final Duration BARRIER_PATIENCE = Duration.ofSeconds(30);

  private final Kernel kernel;
  private final Path directory;

  NotifySocket(Kernel kernel, Path directory) {
    this.kernel = kernel;
    this.directory = directory;
  }

  /// Makes the directory.
  ///
  /// @throws KernelException with any error of mkdirat(2)
  public void make() {
    var _ = kernel.tree().mkdirIfAbsent(Fd.CWD, directory.toString(), 0755);
  }

  /// Tells whether the container was created with it.
  public boolean isMade() {
    return kernel.attributes().exists(directory.toString());
  }

  /// Returns a configuration in which the command finds the socket.
  public Spec shownIn(Spec spec) {
    Process process = Objects.requireNonNull(spec.process());
    List<String> variables = new ArrayList<>(process.env());
    variables.removeIf(variable -> variable.startsWith(VARIABLE));
    variables.add(VARIABLE + TARGET + "/" + NAME);
    List<Mount> mounts = new ArrayList<>(spec.mounts());
    List<String> options = List.of("bind", "nosuid", "noexec", "nodev", "ro");
    mounts.add(new Mount(TARGET, "bind", directory.toString(), options));
    return spec.toBuilder()
        .process(process.toBuilder().env(variables).build())
        .mounts(mounts)
        .build();
  }

  /// Opens the socket, to which everybody in the container may write. The caller closes it.
  ///
  /// @throws KernelException with any error of bind(2)
  public Fd open() {
    var _ = kernel.tree().unlinkIfPresent(Fd.CWD, directory.resolve(NAME).toString());
    Fd socket = kernel.sockets().datagrams();
    try (Fd place =
        kernel
            .files()
            .openat(Fd.CWD, directory.toString(), OpenFlag.O_PATH, OpenFlag.O_DIRECTORY)) {
      // A socket's address has room for 108 bytes only.
      kernel.sockets().bind(socket, "/proc/self/fd/" + place.number() + "/" + NAME);
      kernel.attributes().chmodat(place, NAME, 0777);
      return socket;
    } catch (KernelException e) {
      socket.close();
      throw e;
    }
  }

  /// Waits until the container's command is ready or has ended, and tells the caller of the former.
  ///
  /// @param socket what [#open] returned
  /// @param init the container's first process
  /// @param pid its number
  /// @param caller the value of NOTIFY_SOCKET
  /// @throws KernelException if the caller can't be told
  public void await(Fd socket, InitProcess init, int pid, String caller) {
    while (true) {
      if (kernel.events().awaitReadable(FOREVER, socket, init.pidfd()) != 0) {
        return;
      }
      ByteBuffer bytes = ByteBuffer.allocate(MESSAGE_BYTES_MAX);
      int count = kernel.files().read(socket, bytes);
      String message = new String(bytes.array(), 0, count, StandardCharsets.UTF_8);
      if (List.of(message.split("\n", -1)).contains(READY)) {
        tell(caller, pid);
        return;
      }
    }
  }

  /// The barrier holds this process back until the message was read: systemd asks the kernel who
  /// has sent it, and takes no word from a process that has ended; sd_notify_barrier(3).
  private void tell(String caller, int pid) {
    try (Fd socket = kernel.sockets().datagrams()) {
      kernel.sockets().connect(socket, caller);
      kernel.sockets().send(socket, bytes(READY + "\nMAINPID=" + pid + "\n"));
      Pipe pipe = kernel.sockets().pipe();
      try (Fd read = pipe.reader()) {
        try (Fd written = pipe.writer()) {
          kernel.sockets().send(socket, bytes("BARRIER=1"), written);
        }
        var _ = kernel.events().awaitReadable(BARRIER_PATIENCE, read);
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
