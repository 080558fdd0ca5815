package dev.brig.image.build;

import dev.brig.image.Digest;
import dev.brig.image.layer.Attributes;
import dev.brig.image.layer.TarContent;
import dev.brig.image.layer.TarEntry;
import dev.brig.linux.KernelText;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/// The key under which the layer that a step made is found again: a digest of all that it was made
/// from. Times of files do not count.
public final class CacheKey {
  private static final String VERSION = "brig-build-1";

  private final MessageDigest computation = Digest.newSha256();

  private CacheKey() {}

  /// Begins the key of a step.
  ///
  /// @param kind the kind of step
  /// @param parent the digest of all layers below
  /// @param timestamp the time that all files get, or empty
  static CacheKey of(String kind, String parent, String timestamp) {
    return new CacheKey().add(VERSION).add(kind).add(parent).add(timestamp);
  }

  // The length goes first, so that no two lists of texts look alike.
  private CacheKey add(byte[] bytes) {
    computation.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    computation.update(bytes);
    return this;
  }

  private CacheKey add(String text) {
    return add(KernelText.encode(text));
  }

  private CacheKey add(List<String> texts) {
    add(Integer.toString(texts.size()));
    texts.forEach(this::add);
    return this;
  }

  private Digest digest() {
    return Digest.sha256(computation.digest());
  }

  /// Returns the key of a RUN.
  ///
  /// @param parent the digest of all layers below
  /// @param timestamp the time that all files get, or empty
  /// @param run the step
  /// @param network the network that it has
  /// @param mounted digests of what is mounted, in the order of the mounts
  public static Digest run(
      String parent, String timestamp, Step.Run run, String network, List<String> mounted) {
    CacheKey key =
        of("run", parent, timestamp)
            .add(run.command())
            .add(run.file())
            .add(run.context().user())
            .add(run.context().workingDirectory())
            .add(run.context().keyed().stream().sorted().toList())
            .add(network)
            .add(mounted);
    for (RunMount mount : run.mounts()) {
      key.add(mount.toString());
    }
    return key.digest();
  }

  /// Returns the key of a step that changes the configuration only.
  ///
  /// @param parent the digest of all layers below
  /// @param timestamp the time that all files get, or empty
  /// @param config the configuration after it
  public static Digest configure(String parent, String timestamp, String config) {
    return of("configure", parent, timestamp).add(config).digest();
  }

  /// Returns the key of a COPY or an ADD.
  ///
  /// @param parent the digest of all layers below
  /// @param timestamp the time that all files get, or empty
  /// @param entries what is copied
  /// @param contents returns the digest of a file of the source
  public static Digest copy(
      String parent, String timestamp, List<CopyEntry> entries, Function<String, Digest> contents) {
    CacheKey key = of("copy", parent, timestamp);
    for (CopyEntry entry : entries) {
      switch (entry) {
        case CopyEntry.Plain(TarEntry plain) -> key.add(plain);
        case CopyEntry.FromSource(TarEntry file, String source) ->
            key.add(file).add(contents.apply(source).toString());
        case CopyEntry.FromText(TarEntry file, String text) -> key.add(file).add(text);
        case CopyEntry.FromArchive(String source, String directory) ->
            key.add("archive").add(directory).add(contents.apply(source).toString());
      }
    }
    return key.digest();
  }

  private CacheKey add(TarEntry entry) {
    Attributes attributes = entry.attributes();
    add(entry.name());
    add(content(entry.content()));
    add(attributes.mode() + " " + attributes.uid() + " " + attributes.gid());
    for (Map.Entry<String, byte[]> xattr : new TreeMap<>(attributes.xattrs()).entrySet()) {
      add(xattr.getKey()).add(xattr.getValue());
    }
    return this;
  }

  private static String content(TarContent content) {
    return switch (content) {
      case TarContent.RegularFile _ -> "file";
      case TarContent.Directory _ -> "directory";
      case TarContent.Symlink(String target) -> "link " + target;
      case TarContent.HardLink(String target) -> "same as " + target;
      case TarContent.Device(TarContent.Device.Kind kind, int major, int minor) ->
          kind + " " + major + " " + minor;
      case TarContent.Fifo _ -> "fifo";
    };
  }
}
