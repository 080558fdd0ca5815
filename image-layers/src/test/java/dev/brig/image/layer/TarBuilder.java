package dev.brig.image.layer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/// Makes archives byte by byte, right ones and wrong ones.
public final class TarBuilder {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final Map<String, byte[]> pax = new LinkedHashMap<>();
  private int mode = 0644;
  private long uid;
  private long gid;
  private long mtime = 1_000_000_000;

  public TarBuilder mode(int newMode) {
    this.mode = newMode;
    return this;
  }

  public TarBuilder owner(long newUid, long newGid) {
    this.uid = newUid;
    this.gid = newGid;
    return this;
  }

  public TarBuilder mtime(long seconds) {
    this.mtime = seconds;
    return this;
  }

  /// Adds a record to the extended header of the next entry.
  public TarBuilder pax(String key, String value) {
    return pax(key, value.getBytes(StandardCharsets.UTF_8));
  }

  public TarBuilder pax(String key, byte[] value) {
    pax.put(key, value);
    return this;
  }

  public TarBuilder file(String name, String content) {
    return entry('0', name, "", content.getBytes(StandardCharsets.UTF_8), header -> {});
  }

  public TarBuilder file(String name, byte[] content) {
    return entry('0', name, "", content, header -> {});
  }

  public TarBuilder directory(String name) {
    int before = mode;
    mode = before == 0644 ? 0755 : before;
    entry('5', name, "", new byte[0], header -> {});
    mode = before;
    return this;
  }

  public TarBuilder directory(String name, int itsMode) {
    int before = mode;
    mode = itsMode;
    entry('5', name, "", new byte[0], header -> {});
    mode = before;
    return this;
  }

  public TarBuilder symlink(String name, String target) {
    return entry('2', name, target, new byte[0], header -> {});
  }

  public TarBuilder link(String name, String target) {
    return entry('1', name, target, new byte[0], header -> {});
  }

  public TarBuilder fifo(String name) {
    return entry('6', name, "", new byte[0], header -> {});
  }

  public TarBuilder device(char type, String name, int major, int minor) {
    return entry(
        type,
        name,
        "",
        new byte[0],
        header -> {
          octal(header, 329, 8, major);
          octal(header, 337, 8, minor);
        });
  }

  /// Adds an entry of any type, with a header that may still be changed before it is summed.
  public TarBuilder entry(
      char type, String name, String link, byte[] content, Consumer<byte[]> change) {
    if (!pax.isEmpty()) {
      byte[] records = records();
      pax.clear();
      byte[] header = header('x', "PaxHeaders/x", "", records.length);
      sum(header);
      out.writeBytes(header);
      padded(records);
    }
    byte[] header = header(type, name, link, content.length);
    change.accept(header);
    sum(header);
    out.writeBytes(header);
    padded(content);
    return this;
  }

  /// Adds a header of another kind: `L`, `K`, `x`, `g`.
  public TarBuilder extension(char type, byte[] data) {
    byte[] header = header(type, "././@LongLink", "", data.length);
    sum(header);
    out.writeBytes(header);
    padded(data);
    return this;
  }

  private byte[] records() {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> entry : pax.entrySet()) {
      records.writeBytes(record(entry.getKey(), entry.getValue()));
    }
    return records.toByteArray();
  }

  public static byte[] record(String key, byte[] value) {
    int rest = key.getBytes(StandardCharsets.UTF_8).length + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    length = rest + Integer.toString(length).length();
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.UTF_8));
    record.writeBytes(value);
    record.write('\n');
    return record.toByteArray();
  }

  private byte[] header(char type, String name, String link, long size) {
    byte[] header = new byte[512];
    text(header, 0, 100, name);
    octal(header, 100, 8, mode);
    octal(header, 108, 8, uid);
    octal(header, 116, 8, gid);
    octal(header, 124, 12, size);
    octal(header, 136, 12, mtime);
    header[156] = (byte) type;
    text(header, 157, 100, link);
    text(header, 257, 8, "ustar\00000");
    return header;
  }

  public static void text(byte[] block, int offset, int length, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, block, offset, Math.min(bytes.length, length));
  }

  public static void octal(byte[] block, int offset, int length, long value) {
    String digits = Long.toOctalString(value);
    if (digits.length() > length - 1) {
      for (int i = 0; i < length; i++) {
        block[offset + i] = (byte) (value >> Math.min(8 * (length - 1 - i), 63));
      }
      block[offset] |= (byte) 0x80;
      return;
    }
    text(block, offset, length - 1, "0".repeat(length - 1 - digits.length()) + digits);
  }

  public static void sum(byte[] header) {
    text(header, 148, 8, "        ");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    octal(header, 148, 7, sum);
    header[154] = 0;
  }

  private void padded(byte[] data) {
    out.writeBytes(data);
    out.writeBytes(new byte[-data.length & 511]);
  }

  /// Adds bytes as they are.
  public TarBuilder raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  /// Returns the archive with its end.
  public byte[] bytes() {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.writeBytes(out.toByteArray());
    whole.writeBytes(new byte[1024]);
    return whole.toByteArray();
  }

  /// Returns what there is, without an end.
  public byte[] unended() {
    return out.toByteArray();
  }

  public static byte[] gzip(byte[] bytes) {
    try {
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(bytes);
      }
      return packed.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
