package dev.brig.image.erofs;

import dev.brig.image.Digest;
import dev.brig.linux.Fd;
import dev.brig.linux.FileCalls;
import dev.brig.linux.FileType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/// Writes an EROFS image in one pass: the contents of files as they come, then directories, then
/// the inodes, and the superblock last.
///
///     block 0     superblock                 written last
///     blocks 1…   contents of files          in the order in which they came
///     …           blocks of directories
///     …           inodes, each with its extended attributes and perhaps the end of its contents
///
/// Equal files, given in the same order, make equal images, byte by byte: the UUID is a part of the
/// digest of the contents, and nothing else could differ.
public final class ErofsWriter {
  private final BlockOutput out;
  private final TailBudget tails = new TailBudget();
  private final Inode root = Inode.directory();
  private boolean chunked;

  /// Makes a writer of an image.
  ///
  /// @param files the calls
  /// @param fd an empty file, open for writing; not closed here
  /// @param sizeMaxBytes how large the image may become
  public ErofsWriter(FileCalls files, Fd fd, long sizeMaxBytes) {
    this.out = new BlockOutput(files, fd, sizeMaxBytes);
  }

  /// An image that was written.
  ///
  /// @param sizeBytes the file's size
  /// @param digest the SHA-256 digest of its blocks, the first one last; [ImageDigest] computes it
  ///   again
  public record Written(long sizeBytes, Digest digest) {}

  /// Returns the root directory.
  public Inode root() {
    return root;
  }

  /// Begins a regular file; the one before it must be finished.
  ///
  /// @param sizeBytes its size
  public FileWriter file(long sizeBytes) {
    return new FileWriter(out, tails, sizeBytes, FileWriter.chunkBits(sizeBytes, -1));
  }

  /// Begins a regular file with holes that are known.
  ///
  /// @param sizeBytes its size
  /// @param segments how many stretches of data it has
  /// @throws dev.brig.image.ImageException if it is larger than any file can be
  public FileWriter sparseFile(long sizeBytes, int segments) {
    return new FileWriter(out, tails, sizeBytes, FileWriter.chunkBits(sizeBytes, segments));
  }

  /// Writes everything that has not been written, and the superblock. Whoever wants it stored calls
  /// `fsync` afterwards.
  public Written finish() {
    List<Placed> placed = new ArrayList<>();
    Epoch epoch = collect(placed);
    // Contents end at the beginning of a block.
    long at = out.position() >>> Format.BLOCK_BITS;
    for (Placed each : placed) {
      if (each.blocksToWrite() > 0) {
        each.block = at;
        at += each.blocksToWrite();
      }
    }
    long metaStart = at << Format.BLOCK_BITS;
    // No node is number zero: it would make inode number zero, which directories leave out.
    long end = metaStart + Format.SLOT;
    for (Placed each : placed) {
      end = each.place(end);
    }
    for (Placed each : placed) {
      writeBlocks(each, metaStart);
    }
    for (Placed each : placed) {
      each.write(out, epoch, metaStart);
    }
    out.align();
    long sizeBytes = out.position();
    byte[] body = out.finishBody();
    byte[] first = superblock(placed.size(), epoch, metaStart, sizeBytes, body);
    return new Written(sizeBytes, Digest.sha256(out.finish(first)));
  }

  /// Lists all inodes, each directory's next to each other, and the root first: its number has only
  /// 16 bits.
  private Epoch collect(List<Placed> placed) {
    List<Inode> inodes = new ArrayList<>();
    Map<Inode, DirectoryBlocks> blocks = new HashMap<>();
    Deque<Inode> directories = new ArrayDeque<>();
    number(root, inodes);
    directories.push(root);
    while (!directories.isEmpty()) {
      Inode directory = directories.pop();
      DirectoryBlocks listed = new DirectoryBlocks(directory);
      blocks.put(directory, listed);
      Inode[] files = listed.files();
      for (Inode file : files) {
        if (file.number == 0) {
          number(file, inodes);
        }
        if (file.type == FileType.DIRECTORY) {
          file.parent = directory;
        }
      }
      for (int i = files.length - 1; i >= 0; i--) {
        if (files[i].type == FileType.DIRECTORY) {
          directories.push(files[i]);
        }
      }
    }
    Epoch epoch = Epoch.of(inodes);
    for (Inode inode : inodes) {
      Placed one = new Placed(inode, blocks.get(inode), epoch);
      chunked |= one.layout == Format.CHUNK_BASED;
      placed.add(one);
    }
    return epoch;
  }

  private static void number(Inode inode, List<Inode> inodes) {
    inodes.add(inode);
    inode.number = inodes.size();
  }

  private void writeBlocks(Placed placed, long metaStart) {
    int count = (int) placed.blocksToWrite();
    out.zeros(count == 0 ? 0 : (placed.block << Format.BLOCK_BITS) - out.position());
    if (count > 0 && placed.inode.type == FileType.SYMLINK) {
      out.write(placed.inode.target, 0, placed.inode.target.length);
    }
    DirectoryBlocks directory = placed.directory;
    for (int i = 0; directory != null && i < count; i++) {
      byte[] block = directory.block(i, metaStart);
      out.write(block, 0, block.length);
    }
    out.align();
  }

  private byte[] superblock(int inodes, Epoch epoch, long metaStart, long sizeBytes, byte[] body) {
    byte[] block = new byte[Format.BLOCK];
    ByteBuffer at =
        Format.wrap(block).slice(Format.SUPER_OFFSET, Format.BLOCK - Format.SUPER_OFFSET);
    at.order(ByteOrder.LITTLE_ENDIAN);
    at.putInt(0, Format.SUPER_MAGIC);
    at.putInt(Format.SUPER_COMPATIBLE, Format.FEATURES_COMPATIBLE);
    at.put(Format.SUPER_BLOCK_BITS, (byte) Format.BLOCK_BITS);
    at.putShort(Format.SUPER_ROOT, (short) ((root.position - metaStart) >>> Format.SLOT_BITS));
    at.putLong(Format.SUPER_INODES, inodes);
    at.putLong(Format.SUPER_EPOCH, epoch.time().seconds());
    at.putInt(Format.SUPER_EPOCH_NANOS, epoch.time().nanos());
    at.putInt(Format.SUPER_BLOCKS, (int) (sizeBytes >>> Format.BLOCK_BITS));
    at.putInt(Format.SUPER_META_BLOCK, (int) (metaStart >>> Format.BLOCK_BITS));
    // RFC 9562, version 8: a UUID of one's own making.
    at.put(Format.SUPER_UUID, body, 0, 16);
    at.put(Format.SUPER_UUID + 6, (byte) ((body[6] & 0x0f) | 0x80));
    at.put(Format.SUPER_UUID + 8, (byte) ((body[8] & 0x3f) | 0x80));
    at.putInt(Format.SUPER_INCOMPATIBLE, chunked ? Format.FEATURE_CHUNKED_FILE : 0);
    CRC32C sum = new CRC32C();
    sum.update(block, Format.SUPER_OFFSET, Format.BLOCK - Format.SUPER_OFFSET);
    // The kernel's crc32c() leaves out the last inversion.
    at.putInt(Format.SUPER_CHECKSUM, ~(int) sum.getValue());
    return block;
  }
}
