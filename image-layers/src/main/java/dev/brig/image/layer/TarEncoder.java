package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.linux.KernelText;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/// Writes the headers of a tar: ustar, with an extended header of POSIX in front where a value does
/// not fit. The same entry gives the same bytes.
///
/// Names, links and extended attributes are written as the bytes that they are, valid UTF-8 or not.
///
/// @see <a href="https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html">pax</a>
final class TarEncoder {
  private static final int BLOCK = TarHeader.BLOCK;
  private static final int NAME_BYTES = 100;
  private static final long ID_MAX = 0777_7777;
  private static final long SIZE_MAX = 0777_7777_7777L;
  private static final String EXTENDED_NAME = "PaxHeaders.0/entry";

  private TarEncoder() {}

  /// Returns what comes before an entry's data: one header, or three blocks and more if something
  /// needs an extended one.
  ///
  /// @param entry the entry; a file's holes are not told, its data follow in full
  /// @throws ImageException if an extended attribute's name cannot be written
  static byte[] header(TarEntry entry) {
    Map<String, byte[]> records = new TreeMap<>();
    boolean slashed =
        entry.name().endsWith("/") || !(entry.content() instanceof TarContent.Directory);
    byte[] name = KernelText.encode(slashed ? entry.name() : entry.name() + "/");
    if (name.length > NAME_BYTES) {
      records.put("path", name);
    }
    byte[] link = link(entry.content());
    if (link.length > NAME_BYTES) {
      records.put("linkpath", link);
    }
    Attributes attributes = entry.attributes();
    putNumber(records, "uid", attributes.uid(), ID_MAX);
    putNumber(records, "gid", attributes.gid(), ID_MAX);
    long size = size(entry.content());
    putNumber(records, "size", size, SIZE_MAX);
    boolean plainTime = attributes.mtimeSeconds() >= 0 && attributes.mtimeSeconds() <= SIZE_MAX;
    if (!plainTime || attributes.mtimeNanos() != 0) {
      records.put("mtime", time(attributes).getBytes(StandardCharsets.US_ASCII));
    }
    for (Map.Entry<String, byte[]> xattr : attributes.xattrs().entrySet()) {
      if (xattr.getKey().indexOf('=') >= 0) {
        throw new ImageException(
            "\"" + entry.name() + "\"",
            "the extended attribute \"" + xattr.getKey() + "\" has a name that no archive can hold",
            "remove it: setfattr -x");
      }
      records.put("SCHILY.xattr." + xattr.getKey(), xattr.getValue());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(BLOCK);
    if (!records.isEmpty()) {
      writeExtended(out, records);
    }
    byte[] header = block(name, type(entry.content()), size > SIZE_MAX ? 0 : size);
    octal(header, 100, 8, attributes.mode());
    octal(header, 108, 8, attributes.uid() > ID_MAX ? 0 : attributes.uid());
    octal(header, 116, 8, attributes.gid() > ID_MAX ? 0 : attributes.gid());
    octal(header, 136, 12, plainTime ? attributes.mtimeSeconds() : 0);
    System.arraycopy(link, 0, header, 157, Math.min(link.length, NAME_BYTES));
    if (entry.content() instanceof TarContent.Device device) {
      octal(header, 329, 8, device.major());
      octal(header, 337, 8, device.minor());
    }
    sum(header);
    out.writeBytes(header);
    return out.toByteArray();
  }

  /// Returns how many zeros follow data of this size.
  static int padding(long sizeBytes) {
    return (int) (-sizeBytes & (BLOCK - 1));
  }

  /// Returns what ends an archive.
  static byte[] end() {
    return new byte[2 * BLOCK];
  }

  private static void putNumber(Map<String, byte[]> records, String key, long value, long max) {
    if (value > max) {
      records.put(key, Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }
  }

  private static byte[] link(TarContent content) {
    return switch (content) {
      case TarContent.HardLink(String target) -> KernelText.encode(target);
      case TarContent.Symlink(String target) -> KernelText.encode(target);
      case TarContent.RegularFile _,
          TarContent.Directory _,
          TarContent.Device _,
          TarContent.Fifo _ ->
          new byte[0];
    };
  }

  private static long size(TarContent content) {
    return content instanceof TarContent.RegularFile file ? file.sizeBytes() : 0;
  }

  private static char type(TarContent content) {
    return switch (content) {
      case TarContent.RegularFile _ -> '0';
      case TarContent.HardLink _ -> '1';
      case TarContent.Symlink _ -> '2';
      case TarContent.Device device ->
          device.kind() == TarContent.Device.Kind.CHARACTER ? '3' : '4';
      case TarContent.Directory _ -> '5';
      case TarContent.Fifo _ -> '6';
    };
  }

  // Seconds before 1970 count downwards and nanoseconds upwards: -2 and 0.5 are -1.5.
  private static String time(Attributes attributes) {
    long seconds = attributes.mtimeSeconds();
    int nanos = attributes.mtimeNanos();
    boolean negative = seconds < 0;
    if (negative && nanos > 0) {
      seconds++;
      nanos = 1_000_000_000 - nanos;
    }
    StringBuilder text = new StringBuilder();
    text.append(negative ? "-" : "").append(Math.abs(seconds));
    if (nanos > 0) {
      String digits = Integer.toString(nanos);
      text.append('.').repeat('0', 9 - digits.length()).append(digits);
    }
    return text.toString();
  }

  private static void writeExtended(ByteArrayOutputStream out, Map<String, byte[]> records) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> record : records.entrySet()) {
      byte[] key = KernelText.encode(record.getKey());
      // The length counts its own digits.
      int rest = key.length + record.getValue().length + 3;
      int length = rest + Integer.toString(rest).length();
      length = rest + Integer.toString(length).length();
      data.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
      data.writeBytes(key);
      data.write('=');
      data.writeBytes(record.getValue());
      data.write('\n');
    }
    byte[] header = block(EXTENDED_NAME.getBytes(StandardCharsets.US_ASCII), 'x', data.size());
    sum(header);
    out.writeBytes(header);
    out.writeBytes(data.toByteArray());
    out.writeBytes(new byte[padding(data.size())]);
  }

  private static byte[] block(byte[] name, char type, long size) {
    byte[] header = new byte[BLOCK];
    System.arraycopy(name, 0, header, 0, Math.min(name.length, NAME_BYTES));
    octal(header, 100, 8, 0644);
    octal(header, 108, 8, 0);
    octal(header, 116, 8, 0);
    octal(header, 124, 12, size);
    octal(header, 136, 12, 0);
    header[156] = (byte) type;
    byte[] magic = "ustar\00000".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(magic, 0, header, 257, magic.length);
    return header;
  }

  private static void octal(byte[] header, int offset, int length, long value) {
    long rest = value;
    for (int i = offset + length - 2; i >= offset; i--) {
      header[i] = (byte) ('0' + (rest & 7));
      rest >>>= 3;
    }
  }

  private static void sum(byte[] header) {
    int sum = 8 * ' ';
    for (byte b : header) {
      sum += b & 0xff;
    }
    octal(header, 148, 7, sum);
    header[155] = ' ';
  }
}
