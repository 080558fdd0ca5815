package dev.brig.image.store;

import dev.brig.error.UsageException;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageConfig;
import dev.brig.image.ImageException;
import dev.brig.image.Index;
import dev.brig.image.JsonNode;
import dev.brig.image.Manifest;
import dev.brig.image.MediaType;
import dev.brig.image.Platform;
import dev.brig.image.store.BlobStore.OpenBlob;
import dev.brig.image.store.SourceImage.Document;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Images in an OCI image layout, be it a directory or a tar, or the store itself.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/image-layout.md">image
///   layout</a>
final class LayoutSource {
  /// The annotation in which containerd and Docker put an image's full name.
  static final String FULL_NAME = "io.containerd.image.name";

  private static final int INDEX_DEPTH_MAX = 4;

  private final SourceTree tree;
  private final Platform wanted;

  LayoutSource(SourceTree tree, Platform wanted) {
    this.tree = tree;
    this.wanted = wanted;
  }

  /// Finds an image.
  ///
  /// @param ref its name in the layout, or empty if it has to be the only one
  /// @throws UsageException if there is none of that name, or several and no name was given
  /// @throws ImageException if the documents are damaged
  SourceImage find(String ref) {
    List<Descriptor> all = Index.read(parse("index.json")).manifests();
    Set<Digest> digests = new HashSet<>();
    List<Descriptor> found = new ArrayList<>();
    for (Descriptor descriptor : all) {
      if (ref.isEmpty() || isCalled(descriptor, ref)) {
        found.add(descriptor);
        digests.add(descriptor.digest());
      }
    }
    if (digests.size() == 1) {
      return read(found.getFirst(), names(found));
    }
    // Several without a name may be one image for several platforms.
    List<Descriptor> running = found.stream().filter(this::mayRun).toList();
    if (running.size() == 1 && found.size() > 1) {
      return read(running.getFirst(), names(running));
    }
    throw new UsageException(
        "image \"" + tree.name() + (ref.isEmpty() ? "" : ":" + ref) + "\"",
        digests.isEmpty()
            ? "the layout has no such image"
            : "the layout has " + digests.size() + " images",
        hint(all));
  }

  /// Returns all images: of several that have one name, for several platforms, the one for the
  /// wanted platform.
  ///
  /// @throws ImageException if the documents are damaged
  List<SourceImage> all() {
    List<Descriptor> all = Index.read(parse("index.json")).manifests();
    Map<Digest, List<Descriptor>> byDigest = new LinkedHashMap<>();
    for (Descriptor descriptor : all) {
      if (!isForAnother(descriptor, all)) {
        byDigest.computeIfAbsent(descriptor.digest(), _ -> new ArrayList<>()).add(descriptor);
      }
    }
    List<SourceImage> images = new ArrayList<>();
    for (List<Descriptor> same : byDigest.values()) {
      images.add(read(same.getFirst(), names(same)));
    }
    return images;
  }

  private boolean isForAnother(Descriptor descriptor, List<Descriptor> all) {
    if (descriptor.platform() == null || mayRun(descriptor)) {
      return false;
    }
    String name = descriptor.annotations().getOrDefault(Descriptor.REF_NAME, "");
    return all.stream()
        .anyMatch(other ->
            name.equals(other.annotations().getOrDefault(Descriptor.REF_NAME, ""))
                && mayRun(other));
  }

  private boolean mayRun(Descriptor descriptor) {
    Platform platform = descriptor.platform();
    return platform != null && wanted.runs(platform);
  }

  private String hint(List<Descriptor> all) {
    StringBuilder hint = new StringBuilder("write ").append(tree.name()).append(":NAME, one of");
    int named = 0;
    for (Descriptor descriptor : all) {
      String name = descriptor.annotations().get(Descriptor.REF_NAME);
      if (name != null && named < 10) {
        hint.append(named == 0 ? " " : ", ").append(name);
        named++;
      }
    }
    return named == 0 ? "" : hint.toString();
  }

  private static boolean isCalled(Descriptor descriptor, String ref) {
    return ref.equals(descriptor.annotations().get(Descriptor.REF_NAME))
        || ref.equals(descriptor.annotations().get(FULL_NAME));
  }

  private static List<String> names(List<Descriptor> descriptors) {
    List<String> names = new ArrayList<>();
    for (Descriptor descriptor : descriptors) {
      String full = descriptor.annotations().get(FULL_NAME);
      String ref = descriptor.annotations().getOrDefault(Descriptor.REF_NAME, "");
      // A tag alone, as skopeo and umoci write it, is no name without the place that it is a tag
      // in.
      if (ref.indexOf(':') > 0 || ref.indexOf('/') > 0) {
        names.add(ref);
      } else if (full != null) {
        names.add(full);
      }
    }
    return names;
  }

  /// Reads the image that a descriptor leads to, through indexes to the manifest for the wanted
  /// platform.
  SourceImage read(Descriptor start, List<String> names) {
    Descriptor descriptor = start;
    for (int depth = 0; depth < INDEX_DEPTH_MAX; depth++) {
      byte[] bytes = document(descriptor);
      JsonNode json = JsonNode.parse(bytes, what(descriptor));
      if (descriptor.is(MediaType.Kind.MANIFEST)) {
        return image(new Document(descriptor, bytes), Manifest.read(json), names);
      }
      if (!descriptor.is(MediaType.Kind.INDEX)) {
        throw new ImageException(
            what(descriptor), "of the unknown media type " + descriptor.mediaType(), "");
      }
      descriptor = Index.read(json).choose(wanted, what(descriptor));
    }
    throw new ImageException(tree.name(), "indexes within indexes, without an end", "");
  }

  private SourceImage image(Document manifest, Manifest read, List<String> names) {
    Document config = new Document(read.config(), document(read.config()));
    JsonNode json = JsonNode.parse(config.bytes(), what(read.config()));
    ImageConfig imageConfig = ImageConfig.read(json);
    List<Digest> diffIds = ImageConfig.diffIds(json);
    if (diffIds.size() != read.layers().size()) {
      throw json.wrong(
          "it has digests of "
              + diffIds.size()
              + " layers, and the manifest has "
              + read.layers().size()
              + " layers");
    }
    List<LayerSource> layers = new ArrayList<>();
    for (int i = 0; i < diffIds.size(); i++) {
      Descriptor layer = read.layers().get(i);
      layers.add(
          new LayerSource(
              "layer " + layer.digest() + " of " + tree.name(),
              layer,
              diffIds.get(i),
              () -> open(layer)));
    }
    Platform platform =
        new Platform(imageConfig.os(), imageConfig.architecture(), json.textOr("variant", ""));
    return new SourceImage(tree.name(), manifest, config, layers, names, platform);
  }

  private String what(Descriptor descriptor) {
    return "blob " + descriptor.digest() + " of " + tree.name();
  }

  private OpenBlob open(Descriptor descriptor) {
    OpenBlob blob = tree.open(descriptor);
    if (blob == null) {
      throw new ImageException(what(descriptor), "not there", "the image is incomplete");
    }
    return blob;
  }

  private byte[] document(Descriptor descriptor) {
    byte[] bytes = documentBytes(what(descriptor), tree.open(descriptor));
    BlobStore.verify(bytes, descriptor, what(descriptor));
    return bytes;
  }

  private JsonNode parse(String path) {
    String what = tree.name() + ": " + path;
    return JsonNode.parse(documentBytes(what, tree.open(path)), what);
  }

  private static byte[] documentBytes(String what, @Nullable OpenBlob opened) {
    try (OpenBlob blob = opened) {
      if (blob == null) {
        throw new ImageException(what, "not there", "the image is incomplete");
      }
      // One byte more than allowed is enough to see that it is too many.
      return blob.stream().readNBytes(JsonNode.SIZE_MAX_BYTES + 1);
    } catch (IOException e) {
      throw new ImageException(what, "cannot be read", "", e);
    }
  }
}
