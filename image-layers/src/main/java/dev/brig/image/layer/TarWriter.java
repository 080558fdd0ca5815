package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.image.layer.TarContent.Device;
import dev.brig.image.layer.TarContent.Directory;
import dev.brig.image.layer.TarContent.Fifo;
import dev.brig.image.layer.TarContent.HardLink;
import dev.brig.image.layer.TarContent.RegularFile;
import dev.brig.image.layer.TarContent.Symlink;
import dev.brig.linux.KernelText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// Writes a tar archive: POSIX ustar headers, and extended ones only where a name, a number, a time
/// or an attribute does not fit. The same entries always make the same bytes.
///
/// Holes are written as zeros, as the image specification wants it.
///
/// @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html">pax, "ustar
///   Interchange Format"</a>
public final class TarWriter {
  private static final int BLOCK = TarHeader.BLOCK;
  private static final int NAME_BYTES = 100;
  private static final long OCTAL_7_MAX = 07777777;
  private static final long OCTAL_11_MAX = 077777777777L;
  private static final byte[] ZEROS = new byte[64 * 1024];
  private static final String XATTR = "SCHILY.xattr.";

  private final OutputStream out;
  private long dataLeft;
  private int padding;

  /// Makes a writer.
  ///
  /// @param out takes the archive; not closed by the writer
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /// Writes an entry's header. A regular file's data follow, exactly as many as the entry says:
  /// [#write].
  ///
  /// @throws ImageException if an extended attribute's name has a `=`, which the format cannot hold
  /// @throws IOException if the archive cannot be written
  public void begin(TarEntry entry) throws IOException {
    if (dataLeft != 0) {
      throw new IllegalStateException(dataLeft + " bytes are missing before " + entry.name());
    }
    String slash = entry.content() instanceof Directory && !entry.name().endsWith("/") ? "/" : "";
    byte[] name = KernelText.encode(entry.name() + slash);
    Header header = new Header();
    Attributes attributes = entry.attributes();
    Map<String, byte[]> records = records(entry, name);
    if (!records.isEmpty()) {
      writeExtended(records);
    }
    header.text(0, NAME_BYTES, name);
    header.octal(100, 8, attributes.mode());
    header.octal(108, 8, fitting(attributes.uid(), OCTAL_7_MAX));
    header.octal(116, 8, fitting(attributes.gid(), OCTAL_7_MAX));
    header.octal(136, 12, fitting(attributes.mtimeSeconds(), OCTAL_11_MAX));
    content(header, entry.content());
    header.write(out);
  }

  private void content(Header header, TarContent content) {
    switch (content) {
      case RegularFile(long size, var _) -> {
        header.type('0');
        header.octal(124, 12, fitting(size, OCTAL_11_MAX));
        dataLeft = size;
        padding = (int) (-size & (BLOCK - 1));
      }
      case HardLink(String target) -> {
        header.type('1');
        header.text(157, NAME_BYTES, KernelText.encode(target));
      }
      case Symlink(String target) -> {
        header.type('2');
        header.text(157, NAME_BYTES, KernelText.encode(target));
      }
      case Device(Device.Kind kind, int major, int minor) -> {
        header.type(kind == Device.Kind.CHARACTER ? '3' : '4');
        header.octal(329, 8, major);
        header.octal(337, 8, minor);
      }
      case Directory _ -> header.type('5');
      case Fifo _ -> header.type('6');
    }
  }

  private static long fitting(long value, long max) {
    return value < 0 || value > max ? 0 : value;
  }

  private static Map<String, byte[]> records(TarEntry entry, byte[] name) {
    // Sorted, so that the same entry makes the same bytes.
    Map<String, byte[]> records = new TreeMap<>();
    Attributes attributes = entry.attributes();
    if (name.length > NAME_BYTES) {
      records.put("path", name);
    }
    String target =
        switch (entry.content()) {
          case HardLink(String text) -> text;
          case Symlink(String text) -> text;
          case RegularFile _, Device _, Directory _, Fifo _ -> "";
        };
    byte[] link = KernelText.encode(target);
    if (link.length > NAME_BYTES) {
      records.put("linkpath", link);
    }
    if (entry.content() instanceof RegularFile(long size, var _) && size > OCTAL_11_MAX) {
      records.put("size", ascii(Long.toString(size)));
    }
    number(records, "uid", attributes.uid());
    number(records, "gid", attributes.gid());
    long seconds = attributes.mtimeSeconds();
    if (attributes.mtimeNanos() != 0 || seconds < 0 || seconds > OCTAL_11_MAX) {
      records.put("mtime", ascii(time(seconds, attributes.mtimeNanos())));
    }
    for (Map.Entry<String, byte[]> xattr : attributes.xattrs().entrySet()) {
      if (xattr.getKey().indexOf('=') >= 0) {
        throw new ImageException(
            "\"" + entry.name() + "\"",
            "its extended attribute \""
                + xattr.getKey()
                + "\" cannot be in a tar: its name has a =",
            "remove the attribute: setfattr -x");
      }
      records.put(XATTR + xattr.getKey(), xattr.getValue());
    }
    return records;
  }

  private static void number(Map<String, byte[]> records, String keyword, long value) {
    if (value > OCTAL_7_MAX) {
      records.put(keyword, ascii(Long.toString(value)));
    }
  }

  /// Returns a time in decimal: the kernel's -2 s and 750 000 000 ns are `-1.25`.
  private static String time(long seconds, int nanos) {
    boolean borrowed = seconds < 0 && nanos != 0;
    long whole = borrowed ? seconds + 1 : seconds;
    int rest = borrowed ? 1_000_000_000 - nanos : nanos;
    StringBuilder text = new StringBuilder();
    if (borrowed && whole == 0) {
      text.append('-');
    }
    text.append(whole);
    if (rest != 0) {
      String digits = Integer.toString(rest);
      text.append('.').repeat('0', 9 - digits.length()).append(digits);
      while (text.charAt(text.length() - 1) == '0') {
        text.setLength(text.length() - 1);
      }
    }
    return text.toString();
  }

  private void writeExtended(Map<String, byte[]> records) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> entry : records.entrySet()) {
      byte[] keyword = KernelText.encode(entry.getKey());
      int rest = keyword.length + entry.getValue().length + 3;
      int length = rest + Integer.toString(rest).length();
      // The length counts its own digits.
      if (rest + Integer.toString(length).length() != length) {
        length = rest + Integer.toString(length).length();
      }
      data.write(ascii(Integer.toString(length)));
      data.write(' ');
      data.write(keyword);
      data.write('=');
      data.write(entry.getValue());
      data.write('\n');
    }
    Header header = new Header();
    header.text(0, NAME_BYTES, ascii("PaxHeaders/0"));
    header.octal(100, 8, 0644);
    header.octal(108, 8, 0);
    header.octal(116, 8, 0);
    header.octal(124, 12, data.size());
    header.octal(136, 12, 0);
    header.type('x');
    header.write(out);
    data.writeTo(out);
    out.write(ZEROS, 0, -data.size() & (BLOCK - 1));
  }

  /// Writes data of the entry that was begun last.
  ///
  /// @throws IOException if the archive cannot be written
  public void write(byte[] data, int offset, int length) throws IOException {
    if (length > dataLeft) {
      throw new IllegalStateException("more data than the entry's size");
    }
    out.write(data, offset, length);
    dataLeft -= length;
    pad();
  }

  /// Fills what is missing of the entry's data with zeros: the file has become shorter since its
  /// size was read.
  ///
  /// @throws IOException if the archive cannot be written
  public void fill() throws IOException {
    zeros(dataLeft);
    pad();
  }

  /// Writes zeros as data of the entry: a hole.
  ///
  /// @throws IOException if the archive cannot be written
  public void zeros(long count) throws IOException {
    for (long left = count; left > 0; left -= ZEROS.length) {
      out.write(ZEROS, 0, (int) Math.min(left, ZEROS.length));
    }
    dataLeft -= count;
    pad();
  }

  private void pad() throws IOException {
    if (dataLeft == 0 && padding > 0) {
      out.write(ZEROS, 0, padding);
      padding = 0;
    }
  }

  /// Returns how many bytes of data the entry still wants.
  public long dataLeft() {
    return dataLeft;
  }

  /// Writes the end of the archive.
  ///
  /// @throws IOException if the archive cannot be written
  public void finish() throws IOException {
    if (dataLeft != 0) {
      throw new IllegalStateException(dataLeft + " bytes are missing at the end");
    }
    out.write(ZEROS, 0, 2 * BLOCK);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// One header block.
  private static final class Header {
    private final byte[] block = new byte[BLOCK];

    Header() {
      System.arraycopy(ascii("ustar\00000"), 0, block, 257, 8);
      octal(124, 12, 0);
      octal(329, 8, 0);
      octal(337, 8, 0);
    }

    void text(int at, int room, byte[] text) {
      System.arraycopy(text, 0, block, at, Math.min(room, text.length));
    }

    void octal(int at, int room, long value) {
      String digits = Long.toOctalString(value);
      int start = at + room - 1 - digits.length();
      for (int i = at; i < start; i++) {
        block[i] = '0';
      }
      System.arraycopy(ascii(digits), 0, block, start, digits.length());
    }

    void type(char type) {
      block[156] = (byte) type;
    }

    void write(OutputStream out) throws IOException {
      int sum = 8 * ' ';
      for (byte b : block) {
        sum += b & 0xff;
      }
      octal(148, 7, sum);
      block[155] = ' ';
      out.write(block);
    }
  }
}
