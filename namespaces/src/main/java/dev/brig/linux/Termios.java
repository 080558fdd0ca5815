package dev.brig.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The kernel's `struct termios`: four flag words, the line discipline, 19 control characters.
///
/// It is not the C library's structure of the same name, which is larger.
///
/// @see <a href="https://man7.org/linux/man-pages/man3/termios.3.html">termios(3)</a>
public final class Termios {
  /// The size of the structure.
  public static final int SIZE_BYTES = 36;

  private static final int IFLAG = 0;
  private static final int OFLAG = 4;
  private static final int CFLAG = 8;
  private static final int LFLAG = 12;
  private static final int CONTROL_CHARACTERS = 17;
  private static final int VTIME = CONTROL_CHARACTERS + 5;
  private static final int VMIN = CONTROL_CHARACTERS + 6;

  // IGNBRK BRKINT PARMRK ISTRIP INLCR IGNCR ICRNL IXON
  private static final int RAW_IFLAG_OFF = 01 | 02 | 010 | 040 | 0100 | 0200 | 0400 | 02000;
  // OPOST
  private static final int RAW_OFLAG_OFF = 01;
  // CSIZE PARENB
  private static final int RAW_CFLAG_OFF = 060 | 0400;
  private static final int CS8 = 060;
  // ISIG ICANON ECHO ECHONL IEXTEN
  private static final int RAW_LFLAG_OFF = 01 | 02 | 010 | 0100 | 0100000;

  private Termios() {}

  /// Returns settings that pass every byte through as it is, as cfmakeraw(3) makes them of these.
  ///
  /// @param settings the present settings, left as they are
  public static byte[] raw(byte[] settings) {
    byte[] copy = settings.clone();
    ByteBuffer raw = ByteBuffer.wrap(copy).order(ByteOrder.nativeOrder());
    raw.putInt(IFLAG, raw.getInt(IFLAG) & ~RAW_IFLAG_OFF);
    raw.putInt(OFLAG, raw.getInt(OFLAG) & ~RAW_OFLAG_OFF);
    raw.putInt(CFLAG, (raw.getInt(CFLAG) & ~RAW_CFLAG_OFF) | CS8);
    raw.putInt(LFLAG, raw.getInt(LFLAG) & ~RAW_LFLAG_OFF);
    raw.put(VTIME, (byte) 0);
    raw.put(VMIN, (byte) 1);
    return copy;
  }
}
