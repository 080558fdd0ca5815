package dev.brig.image.layer;

import dev.brig.image.ImageException;
import dev.brig.image.layer.TarContent.Device;
import dev.brig.image.layer.TarContent.Directory;
import dev.brig.image.layer.TarContent.Fifo;
import dev.brig.image.layer.TarContent.HardLink;
import dev.brig.image.layer.TarContent.RegularFile;
import dev.brig.image.layer.TarContent.Symlink;
import dev.brig.linux.KernelText;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Reads a tar archive entry by entry: Unix V7, ustar, PAX and GNU formats, long names, sparse
/// files, raw extended attributes.
///
/// Strict where readers are known to differ, for two readers that differ can be shown two archives
/// in one: the checksum is mandatory, an extended header's size never applies to another header,
/// numbers have no rubbish in them, names no NUL. What it returns is still a stranger's: nothing
/// here makes a name safe.
public final class TarReader {
  private static final int HEADER_DATA_MAX = 1 << 20;
  private static final int PATH_LENGTH_MAX = 4096;
  private static final long ID_MAX = 0xffff_fffeL;

  /// What the end of an archive may look like.
  public enum End {
    /// Two blocks of zeros, as the format has it; without them the archive counts as cut off.
    MARKED,
    /// The archive may also just end, for whoever knows by a digest that nothing is missing: after
    /// a member's data, padded or not, as tar(1) takes it.
    ANY
  }

  private final TarInput in;
  private final String archive;
  private final End endMark;
  private final byte[] block = new byte[TarHeader.BLOCK];
  private final PaxRecords global;
  private PaxRecords records;
  private @Nullable String longName;
  private @Nullable String longLink;
  private long dataLeft;
  private long padding;
  private boolean ended;

  /// Makes a reader of an archive that is not compressed, or no longer.
  ///
  /// @param in the archive's bytes; not closed by the reader
  /// @param archive what to call the archive in messages
  /// @param end whether the mark of the end must be there
  public TarReader(InputStream in, String archive, End end) {
    this.in = new TarInput(in, archive);
    this.archive = archive;
    this.endMark = end;
    this.global = new PaxRecords(archive);
    this.records = global.copy();
  }

  /// Returns the next entry, or null after the last one. Data of the entry before that were not
  /// read are passed over.
  ///
  /// @throws ImageException if the archive is damaged or uses what no layer may
  public @Nullable TarEntry next() {
    passData();
    while (!ended) {
      long position = in.position();
      if (!in.readBlock(block)) {
        atEndOfFile();
      } else if (TarHeader.isZero(block)) {
        atZeroBlock();
      } else {
        TarHeader header = new TarHeader(block, archive, position);
        TarEntry entry = read(header);
        if (entry != null) {
          return entry;
        }
      }
    }
    return null;
  }

  /// Moves to the next header, which some writers (umoci 0.4) leave no padding before if there is
  /// none.
  private void passData() {
    in.skip(dataLeft);
    if (!in.skipUnlessEnded(padding) && !ended) {
      atEndOfFile();
    }
    dataLeft = 0;
    padding = 0;
  }

  private void atEndOfFile() {
    ended = true;
    if (endMark == End.MARKED || longName != null || longLink != null) {
      throw in.truncated();
    }
  }

  private void atZeroBlock() {
    ended = true;
    boolean another = in.readBlock(block);
    if (another && !TarHeader.isZero(block)) {
      throw new ImageException(
          archive, "a lone block of zeros among the headers (byte " + in.position() + ")", "");
    }
    if (!another && endMark == End.MARKED) {
      throw in.truncated();
    }
  }

  // Returns null for a header that only says something about those that follow.
  private @Nullable TarEntry read(TarHeader header) {
    switch (header.type()) {
      case 'x', 'X' -> records.parse(headerData(header));
      case 'g' -> readGlobal(headerData(header));
      case 'L' -> longName = headerText(header);
      case 'K' -> longLink = headerText(header);
      // A volume's label, a name for people.
      case 'V' -> setData(header, header.size());
      default -> {
        TarEntry entry = entry(header);
        records = global.copy();
        longName = null;
        longLink = null;
        return entry;
      }
    }
    passData();
    return null;
  }

  private void readGlobal(byte[] data) {
    global.parse(data);
    for (String keyword : new String[] {"path", "linkpath", "size"}) {
      if (global.has(keyword)) {
        throw global.wrong("one " + keyword + " for all files");
      }
    }
    if (global.isSparse()) {
      throw global.wrong("one sparse map for all files");
    }
    // Records that an entry's own header gave before this one still count for that entry.
    PaxRecords own = records;
    records = global.copy();
    records.addAll(own);
  }

  private byte[] headerData(TarHeader header) {
    long size = header.size();
    if (size < 0 || size > HEADER_DATA_MAX) {
      throw header.wrong("an extended header of " + size + " bytes, the limit is 1 MiB");
    }
    byte[] data = in.readExactly((int) size);
    in.skip(-size & (TarHeader.BLOCK - 1));
    return data;
  }

  private String headerText(TarHeader header) {
    byte[] data = headerData(header);
    int end = 0;
    while (end < data.length && data[end] != 0) {
      end++;
    }
    return KernelText.decode(data, 0, end);
  }

  private TarEntry entry(TarHeader header) {
    String name = first(longName, records.text("path"), header.name());
    char type = header.type();
    if (type == 0 && name.endsWith("/")) {
      // Before directories had a type of their own, a slash told them.
      type = '5';
    }
    checkLength(header, name);
    Attributes attributes = attributes(header, name);
    return switch (type) {
      case 0, '0', '7', 'S' -> file(header, name, attributes);
      case '1' -> new TarEntry(name, new HardLink(linkName(header, name)), attributes);
      case '2' -> new TarEntry(name, new Symlink(linkName(header, name)), attributes);
      case '3' -> new TarEntry(name, device(header, Device.Kind.CHARACTER), attributes);
      case '4' -> new TarEntry(name, device(header, Device.Kind.BLOCK), attributes);
      case '5' -> new TarEntry(name, new Directory(), attributes);
      case '6' -> new TarEntry(name, new Fifo(), attributes);
      default -> throw wrong(name, "an entry of the unknown type \"" + type + "\"");
    };
  }

  private String linkName(TarHeader header, String name) {
    String target = first(longLink, records.text("linkpath"), header.linkName());
    checkLength(header, target);
    if (target.isEmpty()) {
      throw wrong(name, "a link to nothing");
    }
    return target;
  }

  private static String first(@Nullable String first, @Nullable String second, String third) {
    return first != null ? first : second != null ? second : third;
  }

  private static void checkLength(TarHeader header, String path) {
    if (path.length() > PATH_LENGTH_MAX) {
      throw header.wrong("a name of " + path.length() + " characters, Linux allows 4095 bytes");
    }
  }

  private Attributes attributes(TarHeader header, String name) {
    long uid = records.wholeNumberOr("uid", header.uid());
    long gid = records.wholeNumberOr("gid", header.gid());
    if (uid < 0 || uid > ID_MAX || gid < 0 || gid > ID_MAX) {
      throw wrong(name, "the owner " + uid + ":" + gid + " is not a pair of Linux ids");
    }
    long[] time = records.time("mtime");
    long seconds = time == null ? header.mtime() : time[0];
    int nanos = time == null ? 0 : (int) time[1];
    return new Attributes(header.mode(), uid, gid, seconds, nanos, records.xattrs());
  }

  private static Device device(TarHeader header, Device.Kind kind) {
    long major = header.deviceMajor();
    long minor = header.deviceMinor();
    if (major < 0 || major > 0xfff || minor < 0 || minor > 0xfffff) {
      throw header.wrong("a device number that Linux does not have: " + major + ":" + minor);
    }
    return new Device(kind, (int) major, (int) minor);
  }

  private TarEntry file(TarHeader header, String name, Attributes attributes) {
    long stored = records.wholeNumberOr("size", header.size());
    if (stored < 0) {
      throw wrong(name, "a negative size");
    }
    boolean oldSparse = header.type() == 'S';
    boolean inline = "1".equals(records.text("GNU.sparse.major"));
    if (!oldSparse && !records.isSparse()) {
      setData(header, stored);
      return new TarEntry(name, new RegularFile(stored), attributes);
    }
    String realName = records.text("GNU.sparse.name");
    long size;
    SparseMap map = new SparseMap(in, archive);
    if (oldSparse) {
      size = header.number(483, 12, "real size");
      map.readOldGnu(header);
    } else {
      size =
          records.wholeNumberOr(
              "GNU.sparse.realsize", records.wholeNumberOr("GNU.sparse.size", -1));
      if (inline) {
        map.readInline();
      } else {
        map.readRecords(records);
      }
    }
    map.check(size, stored - map.headerBytes());
    setData(header, stored - map.headerBytes());
    String shown = realName == null ? name : realName;
    return new TarEntry(shown, new RegularFile(size, map.segments()), attributes);
  }

  private static long padding(long size) {
    return -size & (TarHeader.BLOCK - 1);
  }

  private void setData(TarHeader header, long size) {
    if (size < 0 || size > Long.MAX_VALUE - TarHeader.BLOCK) {
      throw header.wrong("a size of " + size + " bytes");
    }
    dataLeft = size;
    padding = padding(size);
  }

  /// Reads data of the current entry, the stored ones without the holes.
  ///
  /// @param target takes the data
  /// @param offset where in it they begin
  /// @param length how many at most
  /// @return how many there were, or -1 after the last
  public int read(byte[] target, int offset, int length) {
    if (dataLeft == 0) {
      return -1;
    }
    int count = in.read(target, offset, (int) Math.min(length, dataLeft));
    if (count < 0) {
      throw in.truncated();
    }
    dataLeft -= count;
    return count;
  }

  /// Returns where in the archive the next byte to be read lies; right after [#next], where the
  /// entry's data begin.
  public long position() {
    return in.position();
  }

  /// Returns how many bytes of the current entry's data have not been read yet.
  public long dataLeft() {
    return dataLeft;
  }

  /// Reads what follows the end of the archive, up to the end of the stream: a digest covers it.
  public void drain() {
    in.drain();
  }

  private ImageException wrong(String name, String finding) {
    return new ImageException(archive + ": entry \"" + name + "\"", finding, "");
  }
}
