package dev.brig.cli.guest;

import dev.brig.error.UsageException;
import dev.brig.image.layer.Compression;
import dev.brig.image.layer.TarContent.RegularFile;
import dev.brig.image.layer.TarEntry;
import dev.brig.image.layer.TarReader;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// A package of Debian's: an archive of ar(1), whose members are two compressed tars, `control`
/// with what is said about it and `data` with its files.
///
/// @param file where it is
/// @see <a href="https://manpages.debian.org/deb.5">deb(5)</a>
record DebianPackage(Path file) {
  private static final byte[] MAGIC = "!<arch>\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEADER_BYTES = 60;
  private static final int NAME_BYTES = 16;
  private static final int SIZE_START = 48;
  private static final int SIZE_END = 58;
  private static final int CONTROL_BYTES_MAX = 1 << 20;

  /// Says what to do with a tar.
  interface Use<T> {
    T of(TarReader tar);
  }

  /// Returns what the package says about itself: lines of `Field: value`.
  ///
  /// @throws UsageException if it is no package
  String control() {
    return with("control.tar", DebianPackage::controlFile);
  }

  private static String controlFile(TarReader tar) {
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      if (entry.name().equals("./control")
          && entry.content() instanceof RegularFile
          && tar.dataLeft() <= CONTROL_BYTES_MAX) {
        byte[] text = new byte[(int) tar.dataLeft()];
        int length = 0;
        int read = tar.read(text, 0, text.length);
        while (read > 0) {
          length += read;
          read = tar.read(text, length, text.length - length);
        }
        return new String(text, 0, length, StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  /// Has its files used.
  ///
  /// @throws UsageException if it is no package
  <T> T data(Use<T> use) {
    return with("data.tar", use);
  }

  private <T> T with(String member, Use<T> use) {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
        throw new UsageException(file.toString(), "it is no package of Debian's", "name a .deb");
      }
      byte[] header = in.readNBytes(HEADER_BYTES);
      while (header.length == HEADER_BYTES) {
        String name = field(header, 0, NAME_BYTES);
        if (name.startsWith(member)) {
          // The tar has its own end.
          return use.of(
              new TarReader(
                  Compression.open(in).content(), file + ", " + name, TarReader.End.MARKED));
        }
        long size = Long.parseLong(field(header, SIZE_START, SIZE_END));
        in.skipNBytes(size + (size & 1));
        header = in.readNBytes(HEADER_BYTES);
      }
    } catch (EOFException | NumberFormatException e) {
      throw damaged(e);
    } catch (IOException e) {
      throw new UsageException(file.toString(), "it can't be read: " + e.getMessage(), "");
    }
    throw new UsageException(file.toString(), "it has no " + member, "name a whole .deb");
  }

  private UsageException damaged(Exception cause) {
    UsageException damaged =
        new UsageException(file.toString(), "the package is damaged", "get it again");
    damaged.addSuppressed(cause);
    return damaged;
  }

  private static String field(byte[] header, int from, int to) {
    return new String(header, from, to - from, StandardCharsets.US_ASCII).strip();
  }
}
