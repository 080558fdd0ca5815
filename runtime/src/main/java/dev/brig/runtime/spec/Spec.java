package dev.brig.runtime.spec;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A container's configuration: the whole of `config.json`.
///
/// @param ociVersion the version of the specification that the document keeps to: `1.3.0`
/// @param process what runs; null (absent) is allowed until the container is started
/// @param root the root file system
/// @param hostname the host name inside, or empty
/// @param domainname the NIS domain name inside, or empty
/// @param mounts mounts on top of the root, made in this order
/// @param hooks programs run at the points of the container's life
/// @param annotations arbitrary data, sorted by key
/// @param linux what only Linux has
public record Spec(
    String ociVersion,
    @Nullable Process process,
    Root root,
    String hostname,
    String domainname,
    List<Mount> mounts,
    Hooks hooks,
    Map<String, String> annotations,
    Linux linux) {
  /// Copies the collections and sorts the annotations.
  public Spec {
    mounts = List.copyOf(mounts);
    annotations = Copies.sorted(annotations);
  }

  /// Returns a builder with nothing else set.
  ///
  /// @param ociVersion the version of the specification that the document keeps to: `1.3.0`
  /// @param root the root file system
  public static Builder builder(String ociVersion, Root root) {
    return new Builder(ociVersion, root);
  }

  /// Returns a builder that starts from this value.
  public Builder toBuilder() {
    Builder builder = new Builder(ociVersion, root);
    builder.process = process;
    builder.hostname = hostname;
    builder.domainname = domainname;
    builder.mounts = mounts;
    builder.hooks = hooks;
    builder.annotations = annotations;
    builder.linux = linux;
    return builder;
  }

  /// Collects the components of a [Spec]; what is not set is absent.
  public static final class Builder {
    private String ociVersion;
    private @Nullable Process process;
    private Root root;
    private String hostname = "";
    private String domainname = "";
    private List<Mount> mounts = List.of();
    private Hooks hooks = Hooks.NONE;
    private Map<String, String> annotations = Map.of();
    private Linux linux = Linux.NONE;

    private Builder(String ociVersion, Root root) {
      this.ociVersion = ociVersion;
      this.root = root;
    }

    /// Sets the version of the specification.
    public Builder ociVersion(String value) {
      ociVersion = value;
      return this;
    }

    /// Sets what runs.
    public Builder process(Process value) {
      process = value;
      return this;
    }

    /// Sets the root file system.
    public Builder root(Root value) {
      root = value;
      return this;
    }

    /// Sets the host name inside.
    public Builder hostname(String value) {
      hostname = value;
      return this;
    }

    /// Sets the NIS domain name inside.
    public Builder domainname(String value) {
      domainname = value;
      return this;
    }

    /// Sets the mounts.
    public Builder mounts(List<Mount> value) {
      mounts = value;
      return this;
    }

    /// Sets the hooks.
    public Builder hooks(Hooks value) {
      hooks = value;
      return this;
    }

    /// Sets the annotations.
    public Builder annotations(Map<String, String> value) {
      annotations = value;
      return this;
    }

    /// Sets what only Linux has.
    public Builder linux(Linux value) {
      linux = value;
      return this;
    }

    /// Returns the value.
    public Spec build() {
      return new Spec(
          ociVersion, process, root, hostname, domainname, mounts, hooks, annotations, linux);
    }
  }
}
