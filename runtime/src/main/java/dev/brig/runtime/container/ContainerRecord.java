package dev.brig.runtime.container;

import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What brig keeps of a container beside its configuration: the file `container.json`.
///
/// @param id the identifier
/// @param name the name
/// @param image where the root file system comes from
/// @param command what was asked to run, for people to read; `config.json` has what runs
/// @param createdMillis when it was created, in milliseconds since 1970
/// @param options what was asked for about its life
/// @param stop how it is asked to end
/// @param userns how user ids are mapped, in the words of the option: `host`, `auto`, `keep-id`
/// @param network the network, in the words of the option: `none`, `host`
/// @param labels arbitrary text, sorted by key
/// @param cgroups the cgroups to remove when it has ended, in the order of removal
/// @param limits the limits and where they are enforced
/// @param supervision what the supervising program does beside waiting
/// @param volumes the names of the volumes that are this container's alone
/// @param memory the size of a writable layer in memory, in bytes, `tmpfs` for one without a limit
///   of its own; empty for a layer on disk
/// @param degree how far it is separated from the host
public record ContainerRecord(
    ContainerId id,
    String name,
    ImageOrigin image,
    List<String> command,
    long createdMillis,
    Set<ContainerOption> options,
    StopPolicy stop,
    String userns,
    String network,
    Map<String, String> labels,
    List<Path> cgroups,
    List<AppliedLimit> limits,
    Supervision supervision,
    List<String> volumes,
    String memory,
    Degree degree) {
  /// Copies the collections and sorts the labels.
  public ContainerRecord {
    command = List.copyOf(command);
    options = options.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(options));
    labels = labels.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(labels));
    cgroups = List.copyOf(cgroups);
    limits = List.copyOf(limits);
    volumes = List.copyOf(volumes);
  }

  /// Tells whether this was asked for.
  public boolean has(ContainerOption option) {
    return options.contains(option);
  }

  /// Returns a builder with nothing else set.
  ///
  /// @param id the identifier
  /// @param name the name
  /// @param createdMillis when it was created, in milliseconds since 1970
  public static Builder builder(ContainerId id, String name, long createdMillis) {
    return new Builder(id, name, createdMillis);
  }

  /// Returns a builder that starts from this value.
  public Builder toBuilder() {
    return new Builder(id, name, createdMillis)
        .image(image)
        .command(command)
        .options(options)
        .stop(stop)
        .userns(userns)
        .network(network)
        .labels(labels)
        .cgroups(cgroups)
        .limits(limits)
        .supervision(supervision)
        .volumes(volumes)
        .memory(memory)
        .degree(degree);
  }

  /// Collects the components of a [ContainerRecord]; what is not set is empty or the default.
  public static final class Builder {
    private final ContainerId id;
    private String name;
    private final long createdMillis;
    private ImageOrigin image = ImageOrigin.UNKNOWN;
    private List<String> command = List.of();
    private Set<ContainerOption> options = Set.of();
    private StopPolicy stop = StopPolicy.DEFAULT;
    private String userns = "";
    private String network = "";
    private Map<String, String> labels = Map.of();
    private List<Path> cgroups = List.of();
    private List<AppliedLimit> limits = List.of();
    private Supervision supervision = Supervision.PLAIN;
    private List<String> volumes = List.of();
    private String memory = "";
    private Degree degree = Degree.CONTAINER;

    private Builder(ContainerId id, String name, long createdMillis) {
      this.id = id;
      this.name = name;
      this.createdMillis = createdMillis;
    }

    /// Sets the name.
    public Builder name(String value) {
      name = value;
      return this;
    }

    /// Sets where the root file system comes from.
    public Builder image(ImageOrigin value) {
      image = value;
      return this;
    }

    /// Sets what was asked to run.
    public Builder command(List<String> value) {
      command = value;
      return this;
    }

    /// Sets what was asked for about the container's life.
    public Builder options(Set<ContainerOption> value) {
      options = value;
      return this;
    }

    /// Sets how the container is asked to end.
    public Builder stop(StopPolicy value) {
      stop = value;
      return this;
    }

    /// Sets how user ids are mapped.
    public Builder userns(String value) {
      userns = value;
      return this;
    }

    /// Sets the network.
    public Builder network(String value) {
      network = value;
      return this;
    }

    /// Sets the labels.
    public Builder labels(Map<String, String> value) {
      labels = value;
      return this;
    }

    /// Sets the cgroups to remove when the container has ended, in the order of removal.
    public Builder cgroups(List<Path> value) {
      cgroups = value;
      return this;
    }

    /// Sets the limits and where they are enforced.
    public Builder limits(List<AppliedLimit> value) {
      limits = value;
      return this;
    }

    /// Sets what the supervising program does beside waiting.
    public Builder supervision(Supervision value) {
      supervision = value;
      return this;
    }

    /// Sets the names of the volumes that are this container's alone.
    public Builder volumes(List<String> value) {
      volumes = value;
      return this;
    }

    /// Sets the size of a writable layer in memory.
    public Builder memory(String value) {
      memory = value;
      return this;
    }

    /// Sets how far it is separated from the host.
    public Builder degree(Degree value) {
      degree = value;
      return this;
    }

    /// Returns the value.
    public ContainerRecord build() {
      return new ContainerRecord(
          id,
          name,
          image,
          command,
          createdMillis,
          options,
          stop,
          userns,
          network,
          labels,
          cgroups,
          limits,
          supervision,
          volumes,
          memory,
          degree);
    }
  }
}
