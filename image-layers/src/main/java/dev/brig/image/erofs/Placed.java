package dev.brig.image.erofs;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// An inode with everything that its bytes are made of.
final class Placed {
  final Inode inode;
  final boolean compact;
  final byte[] xattrs;
  final @Nullable DirectoryBlocks directory;

  /// How many bytes are behind the inode and its attributes.
  final long behindBytes;

  /// How the contents lie, and where.
  final int layout;

  final long sizeBytes;

  /// The first block; not of what has none.
  long block;

  Placed(Inode inode, @Nullable DirectoryBlocks directory, Epoch epoch) {
    this.inode = inode;
    this.directory = directory;
    Metadata metadata = inode.metadata();
    this.xattrs = Xattrs.encode(metadata.xattrs());
    switch (inode.type) {
      case DIRECTORY -> {
        sizeBytes = directory == null ? 0 : directory.sizeBytes();
        int rest = (int) (sizeBytes & (Format.BLOCK - 1));
        boolean inline = rest > 0 && rest <= TailBudget.BYTES_MAX;
        layout = inline ? Format.FLAT_INLINE : Format.FLAT_PLAIN;
        behindBytes = inline ? rest : 0;
      }
      case SYMLINK -> {
        sizeBytes = inode.target.length;
        boolean inline = sizeBytes <= Format.BLOCK - Format.SLOT;
        layout = inline ? Format.FLAT_INLINE : Format.FLAT_PLAIN;
        behindBytes = inline ? sizeBytes : 0;
      }
      default -> {
        sizeBytes = inode.content.sizeBytes();
        switch (inode.content) {
          case FileContent.Flat flat -> {
            block = flat.block();
            behindBytes = flat.tail().length;
            layout = behindBytes > 0 ? Format.FLAT_INLINE : Format.FLAT_PLAIN;
          }
          case FileContent.Chunked chunked -> {
            behindBytes = 4L * chunked.count();
            layout = Format.CHUNK_BASED;
          }
        }
      }
    }
    this.compact =
        epoch.matches(metadata.modified())
            && metadata.uid() <= 0xffff
            && metadata.gid() <= 0xffff
            && inode.linkCount() <= 0xffff
            && sizeBytes <= 0xffff_ffffL;
  }

  /// Returns how many blocks of its own have still to be written.
  long blocksToWrite() {
    return switch (inode.type) {
      case DIRECTORY, SYMLINK ->
          Format.roundUp(sizeBytes - behindBytes, Format.BLOCK) >>> Format.BLOCK_BITS;
      default -> 0;
    };
  }

  private int inodeBytes() {
    return compact ? Format.COMPACT_BYTES : Format.EXTENDED_BYTES;
  }

  /// Decides where the inode is: from some position on, not across a block's end, nor with what is
  /// behind it if that has to be in one block.
  ///
  /// @return the position behind it
  long place(long from) {
    long at = Format.roundUp(from, Format.SLOT);
    if (!compact && (at & (Format.BLOCK - 1)) == Format.BLOCK - Format.SLOT) {
      at += Format.SLOT;
    }
    int ahead = inodeBytes() + xattrs.length;
    if (layout == Format.FLAT_INLINE) {
      long left = Format.BLOCK - ((at + ahead) & (Format.BLOCK - 1));
      if (behindBytes > left) {
        at = Format.roundUp(at + left, Format.SLOT);
      }
    }
    inode.position = at;
    return at + ahead + behindBytes;
  }

  /// Writes the inode and what is behind it, after zeros up to its position.
  void write(BlockOutput out, Epoch epoch, long metaStart) {
    out.zeros(inode.position - out.position());
    byte[] head = compact ? compact() : extended();
    out.write(head, 0, head.length);
    out.write(xattrs, 0, xattrs.length);
    switch (inode.type) {
      case DIRECTORY -> {
        if (directory != null && behindBytes > 0) {
          int last = (int) (sizeBytes >>> Format.BLOCK_BITS);
          out.write(directory.block(last, metaStart), 0, (int) behindBytes);
        }
      }
      case SYMLINK -> out.write(inode.target, 0, (int) behindBytes);
      default -> {
        switch (inode.content) {
          case FileContent.Flat flat -> out.write(flat.tail(), 0, flat.tail().length);
          case FileContent.Chunked chunked -> writeChunks(out, chunked);
        }
      }
    }
  }

  private static void writeChunks(BlockOutput out, FileContent.Chunked chunked) {
    byte[] bytes = new byte[4];
    ByteBuffer entry = Format.wrap(bytes);
    long[] runs = chunked.runs();
    for (int i = 0; i < runs.length; i += 2) {
      for (long k = 0; k < runs[i]; k++) {
        boolean hole = runs[i + 1] == Format.NULL_BLOCK;
        long at = runs[i + 1] + (k << (chunked.chunkBits() - Format.BLOCK_BITS));
        entry.putInt(0, hole ? Format.NULL_BLOCK : (int) at);
        out.write(bytes, 0, 4);
      }
    }
  }

  private int unit() {
    return switch (inode.type) {
      case CHARACTER_DEVICE, BLOCK_DEVICE -> inode.device;
      default ->
          inode.content instanceof FileContent.Chunked chunked
              ? chunked.chunkBits() - Format.BLOCK_BITS
              : (int) block;
    };
  }

  private short xattrCount() {
    return (short) (xattrs.length == 0 ? 0 : (xattrs.length - Format.XATTR_HEADER_BYTES) / 4 + 1);
  }

  private short mode() {
    return (short) (inode.type.bits() | inode.metadata().permissions());
  }

  private byte[] compact() {
    byte[] bytes = new byte[Format.COMPACT_BYTES];
    ByteBuffer head = Format.wrap(bytes);
    head.putShort((short) (layout << 1)).putShort(xattrCount()).putShort(mode());
    head.putShort((short) inode.linkCount()).putInt((int) sizeBytes).putInt(0);
    head.putInt(unit()).putInt(inode.number);
    head.putShort((short) inode.metadata().uid()).putShort((short) inode.metadata().gid());
    return bytes;
  }

  private byte[] extended() {
    Metadata metadata = inode.metadata();
    byte[] bytes = new byte[Format.EXTENDED_BYTES];
    ByteBuffer head = Format.wrap(bytes);
    head.putShort((short) ((layout << 1) | 1)).putShort(xattrCount()).putShort(mode());
    head.putShort((short) 0).putLong(sizeBytes).putInt(unit()).putInt(inode.number);
    head.putInt((int) metadata.uid()).putInt((int) metadata.gid());
    head.putLong(metadata.modified().seconds()).putInt(metadata.modified().nanos());
    head.putInt(inode.linkCount());
    return bytes;
  }
}
