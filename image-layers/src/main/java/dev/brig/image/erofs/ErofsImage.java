package dev.brig.image.erofs;

import dev.brig.image.ImageException;
import dev.brig.linux.Device;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import dev.brig.linux.FileType;
import dev.brig.linux.KernelText;
import dev.brig.linux.Timestamp;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An image that [ErofsWriter] wrote, read without mounting it.
///
/// What it is not: a reader of any EROFS image. Compression, other block sizes, several devices and
/// shared attributes are things that the writer does not make; an image with them is refused.
///
/// Not for use by several threads.
public final class ErofsImage implements AutoCloseable {
  private static final int MODE_TYPE = 0170000;

  private final FileCalls files;
  private final Fd fd;
  private final String name;
  private final ByteBuffer super128;

  // The block that was read last: a directory's inode, its entries and its files' inodes are often
  // in one.
  private final ByteBuffer block = Format.buffer(Format.BLOCK);
  private long blockAt = -1;

  /// Opens an image.
  ///
  /// @param files the calls
  /// @param fd the image, open for reading; closed with this, also if this throws
  /// @param name what to call it in messages
  /// @throws ImageException if it is not an image of the writer's
  public ErofsImage(FileCalls files, Fd fd, String name) {
    this.files = files;
    this.fd = fd;
    this.name = name;
    try {
      byte[] head = bytes(Format.SUPER_OFFSET, 128);
      this.super128 = Format.wrap(head);
      if (super128.getInt(0) != Format.SUPER_MAGIC) {
        throw damaged("no EROFS image");
      }
      if (super128.get(Format.SUPER_BLOCK_BITS) != Format.BLOCK_BITS
          || (super128.getInt(Format.SUPER_INCOMPATIBLE) & ~Format.FEATURE_CHUNKED_FILE) != 0) {
        throw damaged("not an EROFS image as brig writes them");
      }
    } catch (RuntimeException e) {
      fd.close();
      throw e;
    }
  }

  private ImageException damaged(String finding) {
    return new ImageException(
        "layer \"" + name + "\"", finding, "remove the image, and import or pull it again");
  }

  /// Returns the root directory.
  public ErofsNode root() {
    return node(super128.getShort(Format.SUPER_ROOT) & 0xffff);
  }

  private long metaStart() {
    return Integer.toUnsignedLong(super128.getInt(Format.SUPER_META_BLOCK)) << Format.BLOCK_BITS;
  }

  private ErofsNode node(long number) {
    long at = metaStart() + (number << Format.SLOT_BITS);
    ByteBuffer head = Format.wrap(bytes(at, Format.COMPACT_BYTES));
    int format = head.getShort(0) & 0xffff;
    boolean extended = (format & 1) != 0;
    int layout = (format >> 1) & 7;
    int count = head.getShort(2) & 0xffff;
    int mode = head.getShort(4) & 0xffff;
    int xattrBytes = count == 0 ? 0 : Format.XATTR_HEADER_BYTES + 4 * (count - 1);
    int unit = head.getInt(16);
    FileType type = type(mode);
    int size = extended ? Format.EXTENDED_BYTES : Format.COMPACT_BYTES;
    ErofsNode.Place place = new ErofsNode.Place(layout, unit, at + size, xattrBytes);
    Device device = new Device((unit >>> 8) & 0xfff, (unit & 0xff) | ((unit >>> 12) & 0xfff00));
    if (!extended) {
      Timestamp epoch =
          new Timestamp(
              super128.getLong(Format.SUPER_EPOCH), super128.getInt(Format.SUPER_EPOCH_NANOS));
      return new ErofsNode(
          number,
          type,
          mode & 07777,
          head.getShort(24) & 0xffff,
          head.getShort(26) & 0xffff,
          epoch,
          head.getShort(6) & 0xffff,
          Integer.toUnsignedLong(head.getInt(8)),
          device,
          place);
    }
    ByteBuffer rest = Format.wrap(bytes(at + Format.COMPACT_BYTES, Format.COMPACT_BYTES));
    return new ErofsNode(
        number,
        type,
        mode & 07777,
        Integer.toUnsignedLong(head.getInt(24)),
        Integer.toUnsignedLong(head.getInt(28)),
        new Timestamp(rest.getLong(0), rest.getInt(8)),
        rest.getInt(12),
        head.getLong(8),
        device,
        place);
  }

  private FileType type(int mode) {
    for (FileType type : FileType.values()) {
      if (type.bits() == (mode & MODE_TYPE) && type != FileType.UNKNOWN) {
        return type;
      }
    }
    throw damaged("an inode of no known type");
  }

  /// Returns what a directory has under a name.
  ///
  /// @param directory a directory of this image; another file has nothing
  /// @param wanted one name
  public Optional<ErofsNode> child(ErofsNode directory, String wanted) {
    if (directory.type() != FileType.DIRECTORY) {
      return Optional.empty();
    }
    byte[] key = KernelText.encode(wanted);
    long low = 0;
    long high = (directory.sizeBytes() + Format.BLOCK - 1) >>> Format.BLOCK_BITS;
    // The last block whose first name is not above the wanted one has it, or no block.
    while (high - low > 1) {
      long middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(new DirectoryBlock(directory, middle).name(0), key) <= 0) {
        low = middle;
      } else {
        high = middle;
      }
    }
    if (directory.sizeBytes() == 0) {
      return Optional.empty();
    }
    DirectoryBlock found = new DirectoryBlock(directory, low);
    int from = 0;
    int to = found.count() - 1;
    while (from <= to) {
      int middle = (from + to) >>> 1;
      int order = Arrays.compareUnsigned(found.name(middle), key);
      if (order == 0) {
        return Optional.of(node(found.node(middle)));
      }
      if (order < 0) {
        from = middle + 1;
      } else {
        to = middle - 1;
      }
    }
    return Optional.empty();
  }

  /// Returns the names in a directory, `.` and `..` left out, sorted by their bytes.
  public List<String> names(ErofsNode directory) {
    List<String> names = new ArrayList<>();
    for (long i = 0; i << Format.BLOCK_BITS < directory.sizeBytes(); i++) {
      DirectoryBlock entries = new DirectoryBlock(directory, i);
      for (int k = 0; k < entries.count(); k++) {
        String one = KernelText.decode(entries.name(k));
        if (!one.equals(".") && !one.equals("..")) {
          names.add(one);
        }
      }
    }
    return names;
  }

  /// A block of a directory, checked as it is read.
  private final class DirectoryBlock {
    private final byte[] bytes;
    private final ByteBuffer view;
    private final int count;

    DirectoryBlock(ErofsNode directory, long index) {
      long start = index << Format.BLOCK_BITS;
      this.bytes = new byte[(int) Math.min(Format.BLOCK, directory.sizeBytes() - start)];
      ByteBuffer target = ByteBuffer.wrap(bytes);
      while (target.hasRemaining() && read(directory, target, start + target.position()) > 0) {
        // Until the block is full.
      }
      this.view = Format.wrap(bytes);
      this.count = bytes.length < Format.DIRENT_BYTES ? 0 : nameAt(0) / Format.DIRENT_BYTES;
      if (count == 0 || count * Format.DIRENT_BYTES > bytes.length) {
        throw damaged("a directory without entries");
      }
    }

    private int nameAt(int i) {
      return view.getShort(i * Format.DIRENT_BYTES + 8) & 0xffff;
    }

    int count() {
      return count;
    }

    long node(int i) {
      return view.getLong(i * Format.DIRENT_BYTES);
    }

    byte[] name(int i) {
      int start = nameAt(i);
      int end = i + 1 < count ? nameAt(i + 1) : bytes.length;
      if (start > end || end > bytes.length) {
        throw damaged("a directory with a name outside of it");
      }
      int last = start;
      while (last < end && bytes[last] != 0) {
        last++;
      }
      return Arrays.copyOfRange(bytes, start, last);
    }
  }

  /// Returns what a symbolic link says.
  public String target(ErofsNode link) {
    if (link.sizeBytes() > Format.BLOCK) {
      throw damaged("a symbolic link of " + link.sizeBytes() + " bytes");
    }
    byte[] bytes = new byte[(int) link.sizeBytes()];
    ByteBuffer target = ByteBuffer.wrap(bytes);
    while (target.hasRemaining() && read(link, target, target.position()) > 0) {
      // Until all is there.
    }
    return KernelText.decode(bytes);
  }

  /// Returns the extended attributes.
  public Map<String, byte[]> xattrs(ErofsNode node) {
    ErofsNode.Place place = node.place();
    return Xattrs.decode(bytes(place.xattrs(), place.xattrBytes()));
  }

  /// Reads contents into the buffer's remaining room, and moves its position.
  ///
  /// @return the number of bytes, zero at the end of the file or if the buffer is full
  public int read(ErofsNode node, ByteBuffer buffer, long position) {
    long left = node.sizeBytes() - position;
    if (left <= 0 || !buffer.hasRemaining()) {
      return 0;
    }
    ErofsNode.Place place = node.place();
    long start = Integer.toUnsignedLong(place.unit()) << Format.BLOCK_BITS;
    return switch (place.layout()) {
      case Format.FLAT_PLAIN -> copy(buffer, start + position, left);
      case Format.FLAT_INLINE -> {
        long blocks = node.sizeBytes() & -Format.BLOCK;
        yield position < blocks
            ? copy(buffer, start + position, blocks - position)
            : copy(buffer, place.behind() + position - blocks, left);
      }
      case Format.CHUNK_BASED -> {
        int bits = Format.BLOCK_BITS + (place.unit() & 31);
        long chunk = position >>> bits;
        long inside = position & ((1L << bits) - 1);
        int at = Format.wrap(bytes(place.behind() + 4 * chunk, 4)).getInt(0);
        long count = Math.min(left, (1L << bits) - inside);
        yield at == Format.NULL_BLOCK
            ? zeros(buffer, count)
            : copy(buffer, (Integer.toUnsignedLong(at) << Format.BLOCK_BITS) + inside, count);
      }
      default -> throw damaged("contents in a form that brig does not write");
    };
  }

  private static int zeros(ByteBuffer buffer, long count) {
    int length = (int) Math.min(count, buffer.remaining());
    for (int i = 0; i < length; i++) {
      buffer.put((byte) 0);
    }
    return length;
  }

  private int copy(ByteBuffer buffer, long at, long countMax) {
    int limit = buffer.limit();
    int length = (int) Math.min(countMax, buffer.remaining());
    buffer.limit(buffer.position() + length);
    int count = files.pread(fd, buffer, at);
    buffer.limit(limit);
    if (count == 0) {
      throw damaged("it is cut off");
    }
    return count;
  }

  private byte[] bytes(long at, int length) {
    byte[] bytes = new byte[length];
    int done = 0;
    while (done < length) {
      long from = (at + done) & -Format.BLOCK;
      if (from != blockAt) {
        load(from);
      }
      int inside = (int) (at + done - from);
      int step = Math.min(length - done, Format.BLOCK - inside);
      block.get(inside, bytes, done, step);
      done += step;
    }
    return bytes;
  }

  private void load(long from) {
    blockAt = -1;
    block.clear();
    while (block.hasRemaining()) {
      if (from < 0 || files.pread(fd, block, from + block.position()) == 0) {
        throw damaged("it is cut off");
      }
    }
    block.clear();
    blockAt = from;
  }

  /// Closes the image's file.
  @Override
  public void close() {
    fd.close();
  }
}
