package dev.brig.image.erofs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The numbers of the on-disk format, named as `fs/erofs/erofs_fs.h` of the kernel names them.
final class Format {
  static final int BLOCK_BITS = 12;
  static final int BLOCK = 1 << BLOCK_BITS;

  static final int SUPER_OFFSET = 1024;
  static final int SUPER_MAGIC = 0xE0F5E1E2;

  /// `EROFS_FEATURE_COMPAT_SB_CHKSUM | EROFS_FEATURE_COMPAT_MTIME`.
  static final int FEATURES_COMPATIBLE = 3;

  static final int FEATURE_CHUNKED_FILE = 4;

  /// Where things are in the superblock.
  static final int SUPER_CHECKSUM = 4;

  static final int SUPER_COMPATIBLE = 8;
  static final int SUPER_BLOCK_BITS = 12;
  static final int SUPER_ROOT = 14;
  static final int SUPER_INODES = 16;
  static final int SUPER_EPOCH = 24;
  static final int SUPER_EPOCH_NANOS = 32;
  static final int SUPER_BLOCKS = 36;
  static final int SUPER_META_BLOCK = 40;
  static final int SUPER_UUID = 48;
  static final int SUPER_INCOMPATIBLE = 80;

  /// A node's number counts these from the beginning of the metadata.
  static final int SLOT_BITS = 5;

  static final int SLOT = 1 << SLOT_BITS;
  static final int COMPACT_BYTES = 32;
  static final int EXTENDED_BYTES = 64;

  static final int FLAT_PLAIN = 0;
  static final int FLAT_INLINE = 2;
  static final int CHUNK_BASED = 4;

  /// A block that is nowhere: a hole.
  static final int NULL_BLOCK = -1;

  static final int DIRENT_BYTES = 12;
  static final int XATTR_HEADER_BYTES = 12;
  static final int XATTR_ENTRY_BYTES = 4;

  private Format() {}

  static ByteBuffer buffer(int sizeBytes) {
    return ByteBuffer.allocate(sizeBytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  static long roundUp(long value, int powerOfTwo) {
    return (value + powerOfTwo - 1) & -powerOfTwo;
  }
}
