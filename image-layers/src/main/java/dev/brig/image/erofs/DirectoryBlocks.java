package dev.brig.image.erofs;

import dev.brig.linux.FileType;
import dev.brig.linux.KernelText;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/// A directory's names in its blocks: in each first the entries, then the names that they lead to.
/// All names are sorted by their bytes, since the kernel finds one by halving.
final class DirectoryBlocks {
  private static final byte[] SELF = {'.'};
  private static final byte[] PARENT = {'.', '.'};

  @SuppressWarnings("ArrayRecordComponent")
  private record Named(byte[] name, Inode file, Kind kind) {}

  private enum Kind {
    DOT,
    CHILD
  }

  private final Named[] entries;

  // The first entry of each block, and the number of all.
  private final int[] firsts;
  private final long sizeBytes;

  DirectoryBlocks(Inode directory) {
    Inode parent = directory.parent;
    this.entries = new Named[directory.children().size() + 2];
    entries[0] = new Named(SELF, directory, Kind.DOT);
    entries[1] = new Named(PARENT, parent == null ? directory : parent, Kind.DOT);
    int count = 2;
    for (Map.Entry<String, Inode> child : directory.children().entrySet()) {
      entries[count] = new Named(KernelText.encode(child.getKey()), child.getValue(), Kind.CHILD);
      count++;
    }
    Arrays.sort(entries, (a, b) -> Arrays.compareUnsigned(a.name(), b.name()));
    int[] starts = new int[16];
    int blocks = 0;
    int used = Format.BLOCK;
    for (int i = 0; i < count; i++) {
      int size = Format.DIRENT_BYTES + entries[i].name().length;
      if (used + size > Format.BLOCK) {
        if (blocks + 1 >= starts.length) {
          starts = Arrays.copyOf(starts, 2 * starts.length);
        }
        starts[blocks] = i;
        blocks++;
        used = 0;
      }
      used += size;
    }
    starts[blocks] = count;
    this.firsts = Arrays.copyOf(starts, blocks + 1);
    this.sizeBytes = (long) (blocks - 1) * Format.BLOCK + used;
  }

  /// Returns the directory's size, of which only the last block may be incomplete.
  long sizeBytes() {
    return sizeBytes;
  }

  /// Returns the files of the directory in the order of their names, `.` and `..` left out.
  Inode[] files() {
    Inode[] files = new Inode[entries.length - 2];
    int count = 0;
    for (Named entry : entries) {
      if (entry.kind() == Kind.CHILD) {
        files[count] = entry.file();
        count++;
      }
    }
    return files;
  }

  /// Returns the bytes of a block; the last one is as long as it is used.
  ///
  /// @param index the block's number in the directory
  /// @param metaStart where in the image nodes are counted from
  byte[] block(int index, long metaStart) {
    int first = firsts[index];
    int end = firsts[index + 1];
    boolean last = index == firsts.length - 2;
    int used = last ? (int) (sizeBytes - (long) index * Format.BLOCK) : Format.BLOCK;
    byte[] bytes = new byte[used];
    ByteBuffer block = Format.wrap(bytes);
    int nameAt = (end - first) * Format.DIRENT_BYTES;
    for (int i = first; i < end; i++) {
      Named entry = entries[i];
      int at = (i - first) * Format.DIRENT_BYTES;
      block.putLong(at, (entry.file().position - metaStart) >>> Format.SLOT_BITS);
      block.putShort(at + 8, (short) nameAt);
      block.put(at + 10, (byte) typeNumber(entry.file().type));
      block.put(nameAt, entry.name());
      nameAt += entry.name().length;
    }
    return bytes;
  }

  // `enum` of include/linux/fs_types.h, FT_REG_FILE and so on.
  private static int typeNumber(FileType type) {
    return switch (type) {
      case REGULAR -> 1;
      case DIRECTORY -> 2;
      case CHARACTER_DEVICE -> 3;
      case BLOCK_DEVICE -> 4;
      case FIFO -> 5;
      case SOCKET -> 6;
      case SYMLINK -> 7;
      case UNKNOWN -> 0;
    };
  }
}
