package dev.brig.linux;

import java.util.List;
import java.util.Optional;

/// Calls on processes: making programs in memory, executing, signalling, waiting.
///
/// There is no fork: a JVM can't. A child is a program started by the JDK's ProcessBuilder, or this
/// process becomes the program with [#execveat].
public final class ProcessCalls {
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int MFD_CLOEXEC = 1;
  private static final int MFD_ALLOW_SEALING = 2;
  private static final int MFD_EXEC = 0x10;
  private static final int F_ADD_SEALS = 1033;
  private static final int F_SEALS_ALL = 0xf;
  private static final int P_PID = 1;
  private static final int P_PIDFD = 3;
  private static final int WNOHANG = 1;
  private static final int WEXITED = 4;
  private static final int SIGINFO_BYTES = 128;
  private static final int SIG_SETMASK = 2;
  private static final int KERNEL_SIGSET_BYTES = 8;

  private final Calls calls;

  ProcessCalls(Calls calls) {
    this.calls = calls;
  }

  /// Makes a file in memory that can be written, sealed and executed, without a name in any file
  /// system.
  ///
  /// @param name what /proc shows
  public Fd memfdCreate(String name) {
    try (Scratch scratch = Scratch.take()) {
      long text = scratch.text(name);
      int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
      // Before Linux 6.3 there is no MFD_EXEC and every memfd is executable.
      long result = calls.orExpected(Errno.EINVAL, Syscall.MEMFD_CREATE, text, flags | MFD_EXEC);
      if (result < 0) {
        result = calls.orThrow(Syscall.MEMFD_CREATE, text, flags);
      }
      return new Fd((int) result, calls.gate());
    }
  }

  /// Makes a file in memory unchangeable for good: size, contents and seals (F_SEAL_SEAL, SHRINK,
  /// GROW, WRITE).
  ///
  /// @throws KernelException EBUSY while the file is mapped for writing
  public void seal(Fd memfd) {
    calls.orThrow(Syscall.FCNTL, memfd.number(), F_ADD_SEALS, F_SEALS_ALL);
  }

  /// Becomes the program in an open file. Returns only by an exception.
  ///
  /// What the new program inherits of the JVM: descriptors that are not close-on-exec, resource
  /// limits, the signal mask of the calling thread, ignored signals. Prepare them before.
  ///
  /// @param program open for reading, or with `O_PATH`
  /// @param argv the arguments, the program's name first
  /// @param envp the environment, `NAME=value` each
  public KernelException execveat(Fd program, List<String> argv, List<String> envp) {
    try (Scratch scratch = Scratch.take()) {
      long[] arguments = {
        program.number(), scratch.text(""), scratch.texts(argv), scratch.texts(envp), AT_EMPTY_PATH
      };
      long result = calls.answer(Syscall.EXECVEAT, arguments);
      return calls.failure(result, Syscall.EXECVEAT, arguments);
    }
  }

  /// Becomes the program of this path. Returns only if the kernel refuses, with the reason.
  public KernelException execve(String path, List<String> argv, List<String> envp) {
    try (Scratch scratch = Scratch.take()) {
      long[] arguments = {scratch.text(path), scratch.texts(argv), scratch.texts(envp)};
      long result = calls.answer(Syscall.EXECVE, arguments);
      return calls.failure(result, Syscall.EXECVE, arguments);
    }
  }

  /// Returns a descriptor that stands for a process as long as it is held, or empty if there is no
  /// such process (ESRCH): the number is nobody's, or a thread has it by now (ENOENT, and EINVAL of
  /// older kernels).
  ///
  /// @param pid a positive number
  public Optional<Fd> pidfdOpen(int pid) {
    long result = calls.answer(Syscall.PIDFD_OPEN, pid, 0);
    if (result >= 0) {
      return Optional.of(new Fd((int) result, calls.gate()));
    }
    boolean taken = result == -Errno.ENOENT.number() || result == -Errno.EINVAL.number();
    if (result == -Errno.ESRCH.number() || (taken && pid > 0)) {
      return Optional.empty();
    }
    throw calls.failure(result, Syscall.PIDFD_OPEN, pid, 0);
  }

  /// Returns a copy of a descriptor of another process, or empty if it has none of this number
  /// (EBADF).
  ///
  /// @param pidfd stands for the process
  /// @param number the descriptor's number there
  /// @throws KernelException EPERM for whoever may not trace it
  public Optional<Fd> pidfdGetfd(Fd pidfd, int number) {
    long result = calls.orExpected(Errno.EBADF, Syscall.PIDFD_GETFD, pidfd.number(), number, 0);
    return result < 0 ? Optional.empty() : Optional.of(new Fd((int) result, calls.gate()));
  }

  /// Sends a signal to the process that a descriptor stands for; signal 0 only checks.
  ///
  /// @return false if the process has ended (ESRCH)
  public boolean pidfdSendSignal(Fd pidfd, int signal) {
    return calls.orExpected(Errno.ESRCH, Syscall.PIDFD_SEND_SIGNAL, pidfd.number(), signal, 0, 0)
        == 0;
  }

  /// Sends a signal to a process, or to a group if the number is negative.
  ///
  /// @return false if there is no such process (ESRCH)
  public boolean kill(int pid, int signal) {
    return calls.orExpected(Errno.ESRCH, Syscall.KILL, pid, signal) == 0;
  }

  /// Waits for a child to end and takes its status. Not for children of the JDK's ProcessBuilder,
  /// whose status the JDK takes itself.
  ///
  /// @throws KernelException ECHILD if it is no child of this process
  public WaitStatus waitFor(int pid) {
    return waitid(P_PID, pid, WEXITED).orElseThrow();
  }

  /// Takes the status of a child that has ended, or returns empty if it is still running.
  ///
  /// @throws KernelException ECHILD if it is no child of this process
  public Optional<WaitStatus> poll(Fd pidfd) {
    return waitid(P_PIDFD, pidfd.number(), WEXITED | WNOHANG);
  }

  private Optional<WaitStatus> waitid(int idType, int id, int options) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(SIGINFO_BYTES);
      room.putInt(16, 0);
      calls.orThrow(Syscall.WAITID, idType, id, room.address(), options, 0);
      int pid = room.getInt(16);
      return pid == 0
          ? Optional.empty()
          : Optional.of(new WaitStatus(pid, WaitStatus.Code.of(room.getInt(8)), room.getInt(24)));
    }
  }

  /// Calls prctl(2).
  ///
  /// @param operation PR_… number
  /// @param arguments up to four further numbers
  /// @return the result
  public int prctl(int operation, long... arguments) {
    long[] all = new long[5];
    all[0] = operation;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return (int) calls.orThrow(Syscall.PRCTL, all);
  }

  /// Returns a limit of this process.
  public Rlimit.Value limit(Rlimit limit) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(2 * Long.BYTES);
      calls.orThrow(Syscall.PRLIMIT64, 0, limit.number(), 0, room.address());
      return new Rlimit.Value(room.getLong(0), room.getLong(8));
    }
  }

  /// Sets a limit of this process.
  ///
  /// @throws KernelException EPERM for raising the hard limit without CAP_SYS_RESOURCE
  public void setLimit(Rlimit limit, Rlimit.Value value) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(2 * Long.BYTES);
      room.putLong(0, value.soft());
      room.putLong(8, value.hard());
      calls.orThrow(Syscall.PRLIMIT64, 0, limit.number(), room.address(), 0);
    }
  }

  /// Blocks no signal in the calling thread, nor in a program that it then becomes.
  public void unblockSignals() {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(KERNEL_SIGSET_BYTES);
      room.putLong(0, 0);
      calls.orThrow(Syscall.RT_SIGPROCMASK, SIG_SETMASK, room.address(), 0, KERNEL_SIGSET_BYTES);
    }
  }

  /// Returns the number of this process.
  public int pid() {
    return (int) calls.orThrow(Syscall.GETPID);
  }

  /// Returns the real user id.
  public int uid() {
    return (int) calls.orThrow(Syscall.GETUID);
  }

  /// Returns the effective user id.
  public int euid() {
    return (int) calls.orThrow(Syscall.GETEUID);
  }

  /// Returns the real group id.
  public int gid() {
    return (int) calls.orThrow(Syscall.GETGID);
  }

  /// Returns the effective group id.
  public int egid() {
    return (int) calls.orThrow(Syscall.GETEGID);
  }

  /// Sets the permissions that new files don't get, and returns the previous ones.
  public int umask(int mask) {
    return (int) calls.orThrow(Syscall.UMASK, mask);
  }
}
