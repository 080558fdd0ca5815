package dev.brig.seccomp;

import dev.brig.linux.Capability;
import dev.brig.linux.Kernel;
import dev.brig.linux.SeccompLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;

/// Turns profiles into filters, and keeps them: libseccomp is loaded only for what was never
/// compiled.
///
/// A kept filter is named after everything that it depends on: the profile, the capabilities, the
/// machine, the kernel's release (a rule may ask for it) and the version of the library.
public final class SeccompCompiler {
  // What a kept file begins with; the number changes when filters are made in another way.
  private static final int FORMAT = 1;
  private static final int HEADER_BYTES = 12;

  private final Kernel kernel;
  private final FilterCache cache;

  /// Makes a compiler.
  ///
  /// @param kernel the way to the machine
  /// @param cacheDirectory where filters are kept; made when the first one is
  public SeccompCompiler(Kernel kernel, String cacheDirectory) {
    this.kernel = kernel;
    this.cache = new FilterCache(kernel, cacheDirectory);
  }

  /// Returns the filter of a profile.
  ///
  /// @throws dev.brig.error.UsageException if the profile is wrong
  /// @throws dev.brig.error.UnsupportedException if libseccomp is needed and not installed, or does
  ///   not know a call that the profile forbids
  public SeccompFilter compile(SeccompSource source, Circumstances given) {
    String key = key(source, given);
    byte[] kept = cache.read(key);
    if (kept.length >= HEADER_BYTES) {
      return decode(kept);
    }
    SeccompProfile profile = SeccompProfileReader.read(json(source), source.origin());
    SeccompFilter filter =
        new FilterBuilder(SeccompLibrary.load(kernel), source.origin(), profile, given).build();
    cache.write(key, encode(filter));
    return filter;
  }

  /// Returns the default profile as JSON, for whoever wants to change it.
  public static byte[] defaultProfile() {
    try (InputStream resource = SeccompCompiler.class.getResourceAsStream("default.json")) {
      if (resource == null) {
        throw new AssertionError("the default profile is not beside its class");
      }
      return resource.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] json(SeccompSource source) {
    return switch (source) {
      case SeccompSource.Default _ -> defaultProfile();
      case SeccompSource.Text text -> text.json();
    };
  }

  private String key(SeccompSource source, Circumstances given) {
    return FORMAT
        + "-"
        + source.digest()
        + "-"
        + Long.toHexString(Capability.bits(given.capabilities()))
        + "-"
        + given.machine().name().toLowerCase(Locale.ROOT)
        + "-"
        + given.release().major()
        + "."
        + given.release().minor()
        + "-"
        + SeccompLibrary.version(kernel);
  }

  private static byte[] encode(SeccompFilter filter) {
    return ByteBuffer.allocate(HEADER_BYTES + filter.program().length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(FORMAT)
        .putInt(filter.flags())
        .putInt(filter.notifies() == SeccompFilter.Notifies.NEVER ? 0 : 1)
        .put(filter.program())
        .array();
  }

  private static SeccompFilter decode(byte[] kept) {
    ByteBuffer buffer = ByteBuffer.wrap(kept).order(ByteOrder.LITTLE_ENDIAN);
    byte[] program = new byte[kept.length - HEADER_BYTES];
    buffer.get(HEADER_BYTES, program);
    return new SeccompFilter(
        program,
        buffer.getInt(4),
        buffer.getInt(8) == 0 ? SeccompFilter.Notifies.NEVER : SeccompFilter.Notifies.SOMETIMES);
  }
}
