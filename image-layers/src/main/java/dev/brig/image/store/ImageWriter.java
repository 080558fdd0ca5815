package dev.brig.image.store;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.brig.image.Descriptor;
import dev.brig.image.Digest;
import dev.brig.image.ImageException;
import dev.brig.image.layer.VerifiedStream;
import dev.brig.image.store.BlobStore.OpenBlob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Writes images in one of the forms that others read.
final class ImageWriter {
  private static final String SKOPEO_VERSION = "Directory Transport Version: 1.1\n";

  private static final String HINT = "\"brig image verify\" says what else is damaged";

  private final StoreFiles files;
  private final BlobStore blobs;
  private final ImageSaver.Format format;
  private final List<SavedImage> images;
  private final Set<Digest> written = new HashSet<>();

  ImageWriter(StoreFiles files, ImageSaver.Format format, List<SavedImage> images) {
    this.files = files;
    this.blobs = new BlobStore(files);
    this.format = format;
    this.images = images;
  }

  void write(ArchiveSink sink) {
    switch (format) {
      case DOCKER_ARCHIVE -> {
        text(sink, DockerArchiveSource.MANIFEST, dockerManifest());
        layout(sink);
      }
      case OCI_ARCHIVE, OCI_DIR -> layout(sink);
      case DOCKER_DIR -> skopeo(sink, images.getFirst());
    }
    sink.finish();
  }

  // The documents come first: a reader sees at once what it has before it.
  private void layout(ArchiveSink sink) {
    text(sink, "oci-layout", StoreFiles.LAYOUT);
    text(sink, "index.json", index());
    sink.directory("blobs");
    Set<String> algorithms = new HashSet<>();
    for (SavedImage image : images) {
      for (Descriptor descriptor : all(image)) {
        if (algorithms.add(descriptor.digest().algorithm())) {
          sink.directory("blobs/" + descriptor.digest().algorithm());
        }
        blob(sink, descriptor, BlobStore.path(descriptor.digest()));
      }
    }
  }

  private void skopeo(ArchiveSink sink, SavedImage image) {
    text(sink, "version", SKOPEO_VERSION);
    blob(sink, image.descriptor(), DockerArchiveSource.MANIFEST);
    for (Descriptor descriptor : all(image).subList(1, all(image).size())) {
      blob(sink, descriptor, descriptor.digest().hex());
    }
  }

  private static List<Descriptor> all(SavedImage image) {
    List<Descriptor> all = new ArrayList<>();
    all.add(image.descriptor());
    all.add(image.manifest().config());
    all.addAll(image.manifest().layers());
    return all;
  }

  private static void text(ArchiveSink sink, String path, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sink.file(path, bytes.length, new ByteArrayInputStream(bytes));
  }

  private void blob(ArchiveSink sink, Descriptor descriptor, String path) {
    if (!written.add(descriptor.digest())) {
      return;
    }
    String what = "blob " + descriptor.digest();
    try (OpenBlob blob =
        blobs
            .open(descriptor.digest())
            .orElseThrow(() -> new ImageException(what, "the store has no such blob", HINT))) {
      long size = files.kernel().attributes().stat(blob.fd()).sizeBytes();
      if (size != descriptor.sizeBytes()) {
        throw new ImageException(
            what, size + " bytes where there should be " + descriptor.sizeBytes(), HINT);
      }
      VerifiedStream verified =
          VerifiedStream.blob(blob.stream(), what, descriptor.digest(), descriptor.sizeBytes());
      sink.file(path, descriptor.sizeBytes(), verified);
      var _ = verified.finish();
    } catch (IOException e) {
      throw new ImageException(what, "cannot be read: " + e.getMessage(), HINT, e);
    }
  }

  private String index() {
    JsonArray manifests = new JsonArray();
    for (SavedImage image : images) {
      for (String name : image.names().isEmpty() ? List.of("") : image.names()) {
        JsonObject entry = IndexFile.json(image.descriptor(), name);
        if (!name.isEmpty()) {
          // Where docker looks for it.
          entry.getAsJsonObject("annotations").addProperty(LayoutSource.FULL_NAME, full(name));
        }
        manifests.add(entry);
      }
    }
    JsonObject index = new JsonObject();
    index.addProperty("schemaVersion", 2);
    index.addProperty("mediaType", "application/vnd.oci.image.index.v1+json");
    index.add("manifests", manifests);
    return index.toString();
  }

  // A name with the place that docker takes for granted.
  private static String full(String name) {
    int slash = name.indexOf('/');
    String first = slash < 0 ? "" : name.substring(0, slash);
    boolean host = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
    return host ? name : "docker.io/" + (slash < 0 ? "library/" : "") + name;
  }

  private String dockerManifest() {
    JsonArray manifest = new JsonArray();
    for (SavedImage image : images) {
      JsonObject entry = new JsonObject();
      entry.addProperty("Config", BlobStore.path(image.manifest().config().digest()));
      JsonArray tags = new JsonArray();
      image.names().forEach(tags::add);
      entry.add("RepoTags", tags);
      JsonArray layers = new JsonArray();
      for (Descriptor layer : image.manifest().layers()) {
        layers.add(BlobStore.path(layer.digest()));
      }
      entry.add("Layers", layers);
      manifest.add(entry);
    }
    return manifest.toString();
  }
}
