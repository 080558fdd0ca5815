package dev.brig.runtime.compile;

import dev.brig.plan.Buffer;

/// What host and guest tell one another about a command in a virtual machine: numbers in the order
/// of the machine's bytes, at fixed places.
///
/// The host says: a signal for the command, the window's size with `SIGWINCH`. In the place of a
/// signal, 0 says that a further command waits, see [GuestExecSteps], and [#INPUT_ENDS] that there
/// is no more input than that many bytes: whatever is still on its way when a socket is closed,
/// QEMU loses.
///
/// ```
///   0 signal, 32 bits │ 4 port, 32 bits │ 8 struct winsize or bytes of input, 64 bits
/// ```
///
/// The guest says how the command ended, and how many bytes it has written, since they come another
/// way: `si_code` and `si_status` of waitid(2). A code of 0 says that the command has begun.
///
/// ```
///   0 code, 32 bits │ 4 status, 32 bits │ 8 bytes of output, 64 bits │ 16 bytes of errors, 64 bits
/// ```
final class GuestMessage {
  /// What the host says.
  static final Buffer ORDER = new Buffer("message to the guest", 16);

  /// The place of the signal.
  static final int SIGNAL = 0;

  /// The place of the number of the port on which a further command waits.
  static final int PORT = 4;

  /// The place of the window's size.
  static final int SIZE = 8;

  /// The place of the number of bytes of input.
  static final int INPUT = 8;

  /// In the place of a signal: the input has ended.
  static final int INPUT_ENDS = 255;

  /// What the guest says.
  static final Buffer REPORT = new Buffer("message of the guest", 24);

  /// The place of the code.
  static final int CODE = 0;

  /// The place of the status.
  static final int STATUS = 4;

  /// The place of the number of bytes of output.
  static final int OUTPUT = 8;

  /// The place of the number of bytes of errors.
  static final int ERRORS = 16;

  /// The code of a command that has begun.
  static final int BEGUN = 0;

  /// `SIGWINCH`.
  static final int SIGWINCH = 28;

  private GuestMessage() {}
}
