package dev.brig.linux;

import java.time.Duration;

/// Calls that wait for something to happen: readable descriptors, changes of files.
///
/// A process ends when its pidfd becomes readable, for whoever holds one, child or not.
public final class EventCalls {
  private static final int POLLFD_BYTES = 8;
  private static final int TIMESPEC_BYTES = 16;
  private static final int POLLIN = 1;
  private static final int IN_NONBLOCK = 04000;
  private static final int IN_CLOEXEC = 02000000;
  private static final int DRAIN_BYTES = 4096;
  private static final long NANOS_OF_SECOND = 1_000_000_000L;

  private final Calls calls;

  EventCalls(Calls calls) {
    this.calls = calls;
  }

  /// Waits until one of the descriptors can be read without waiting, or has an error or an end to
  /// tell.
  ///
  /// A signal does not shorten the wait.
  ///
  /// @param timeout the longest wait; zero only looks
  /// @return the index of the first such descriptor, or -1 if the time is over
  /// @throws KernelException with any error of ppoll(2)
  public int awaitReadable(Duration timeout, Fd... fds) {
    long end = System.nanoTime() + timeout.toNanos();
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room array = scratch.room(fds.length * POLLFD_BYTES);
      Scratch.Room time = scratch.room(TIMESPEC_BYTES);
      while (true) {
        for (int i = 0; i < fds.length; i++) {
          array.putInt(i * POLLFD_BYTES, fds[i].number());
          array.putInt(i * POLLFD_BYTES + 4, POLLIN);
        }
        long rest = Math.max(0, end - System.nanoTime());
        time.putLong(0, rest / NANOS_OF_SECOND);
        time.putLong(8, rest % NANOS_OF_SECOND);
        long[] arguments = {array.address(), fds.length, time.address(), 0, 0};
        // Not through Calls.answer: the wait would begin anew after each signal.
        long result = calls.gate().call(Syscall.PPOLL, arguments);
        if (result == 0) {
          return -1;
        }
        if (result > 0) {
          return firstReady(array, fds.length);
        }
        if (result != -Errno.EINTR.number()) {
          throw calls.failure(result, Syscall.PPOLL, arguments);
        }
      }
    }
  }

  // The answer, revents, is the upper half of the second word.
  private static int firstReady(Scratch.Room array, int count) {
    for (int i = 0; i < count; i++) {
      if (array.getInt(i * POLLFD_BYTES + 4) >>> 16 != 0) {
        return i;
      }
    }
    throw new AssertionError("ppoll found something ready and did not say what");
  }

  /// Makes a descriptor that becomes readable when something happens to the files it watches.
  public Fd inotifyInit() {
    long result = calls.orThrow(Syscall.INOTIFY_INIT1, IN_NONBLOCK | IN_CLOEXEC);
    return new Fd((int) result, calls.gate());
  }

  /// Makes a descriptor that becomes readable when the kernel counts it up; eventfd(2).
  public Fd eventfd() {
    long result = calls.orThrow(Syscall.EVENTFD2, 0, IN_NONBLOCK | IN_CLOEXEC);
    return new Fd((int) result, calls.gate());
  }

  /// Watches a file or a directory.
  ///
  /// @param inotify made by [#inotifyInit]
  /// @param path absolute, or relative to the working directory
  /// @param events what to tell
  /// @return whether it is there
  public boolean watch(Fd inotify, String path, WatchEvent... events) {
    try (Scratch scratch = Scratch.take()) {
      long result =
          calls.orExpected(
              Errno.ENOENT,
              Syscall.INOTIFY_ADD_WATCH,
              inotify.number(),
              scratch.text(path),
              Flag.bits(calls.machine(), events));
      return result >= 0;
    }
  }

  /// Forgets what has been told so far, so that the descriptor becomes readable with the next event
  /// only.
  public void drain(Fd inotify) {
    try (Scratch scratch = Scratch.take()) {
      Scratch.Room room = scratch.room(DRAIN_BYTES);
      long count;
      do {
        count =
            calls.orExpected(
                Errno.EAGAIN, Syscall.READ, inotify.number(), room.address(), DRAIN_BYTES);
      } while (count > 0);
    }
  }
}
