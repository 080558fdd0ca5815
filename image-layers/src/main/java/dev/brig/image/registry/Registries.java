package dev.brig.image.registry;

import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.image.Digest;
import dev.brig.image.ImageReference;
import dev.brig.image.registry.RegistriesConf.Mirror;
import dev.brig.image.registry.RegistriesConf.Table;
import dev.brig.image.store.RemoteImage;
import dev.brig.image.store.StoredContent;
import dev.brig.image.store.TransferListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The registries as this user may use them: what a short name means, where a name really is, who
/// asks.
public final class Registries {
  private static final String TRANSPORT = "docker://";

  private final RegistryOptions options;
  private final RegistryFiles files;
  private final CredentialStore credentials;
  private final Map<String, RegistryClient> clients = new HashMap<>();
  private @Nullable RegistriesConf conf;

  /// Makes registries of which nothing has been read yet.
  public Registries(RegistryOptions options) {
    this.options = options;
    this.files = new RegistryFiles(options);
    this.credentials = new CredentialStore(files);
  }

  /// An image that was found.
  ///
  /// @param image the image
  /// @param storedName the full name that a store gives it, `docker.io/library/debian:12`; empty if
  ///   it was asked for by its digest
  public record Found(RemoteImage image, String storedName) {}

  /// Finds an image in the registries that its name may mean, mirrors first.
  ///
  /// @param reference a full or a short name
  /// @throws UsageException if the name is wrong, or says no registry and none is configured
  /// @throws RegistryException if none of the registries gives it
  /// @throws dev.brig.image.ImageException if what a registry sends is no image
  public Found find(String reference) {
    List<ImageReference> candidates = candidates(reference);
    List<BrigException> failures = new ArrayList<>();
    for (ImageReference candidate : candidates) {
      try {
        return find(candidate);
      } catch (RegistryException e) {
        failures.add(e);
      }
    }
    if (failures.size() == 1) {
      throw failures.getFirst();
    }
    List<String> findings = new ArrayList<>();
    for (BrigException failure : failures) {
      findings.add(failure.failure().finding());
    }
    throw new RegistryException(
        "image " + reference,
        "no registry has it: " + String.join("; ", findings),
        "write the registry before its name");
  }

  /// Returns the full names that a name may stand for, in the order in which they are tried.
  ///
  /// @throws UsageException if the name is wrong, or says no registry and none is configured
  public List<ImageReference> candidates(String text) {
    String bare = text.startsWith(TRANSPORT) ? text.substring(TRANSPORT.length()) : text;
    ImageReference reference = ImageReference.parse(bare);
    if (!RepositoryName.isShort(reference.name())) {
      return List.of(full(reference, reference.name()));
    }
    String alias = conf().aliases().get(reference.name());
    if (alias != null) {
      return List.of(full(reference, alias));
    }
    List<String> searched = conf().searched();
    if (searched.isEmpty()) {
      throw new UsageException(
          "image \"" + bare + "\"",
          "there is no such image here, and its name says no registry to get it from",
          "\"brig images\" lists those that are there; write a registry before the name, or set"
              + " unqualified-search-registries in registries.conf");
    }
    if (searched.size() > 1 && conf().mode() == RegistriesConf.ShortNames.ENFORCING) {
      throw new UsageException(
          "image \"" + bare + "\"",
          "it may be in any of the registries " + String.join(", ", searched),
          "write the registry before its name");
    }
    List<ImageReference> candidates = new ArrayList<>();
    for (String host : searched) {
      candidates.add(full(reference, host + "/" + reference.name()));
    }
    return candidates;
  }

  private static ImageReference full(ImageReference reference, String name) {
    return new ImageReference(
        RepositoryName.parse(name).toString(), reference.tag(), reference.digest());
  }

  private RegistriesConf conf() {
    RegistriesConf known = conf;
    if (known == null) {
      known = files.conf();
      conf = known;
    }
    return known;
  }

  /// A server on which a name may be.
  private record Place(String name, Endpoint.Security security) {}

  private Found find(ImageReference reference) {
    Digest digest = reference.digest();
    String name = digest == null ? reference.tagged() : reference.name() + "@" + digest;
    Table table = conf().tableFor(name);
    if (table.blocked()) {
      throw new UsageException(
          "image " + name, "registries.conf blocks " + table.prefix(), "ask whoever wrote it");
    }
    String sought = digest == null ? reference.tag() : digest.toString();
    List<Place> places = places(reference, table);
    BrigException failure = null;
    for (Place place : places) {
      RepositoryName at = located(place.name());
      try {
        RemoteImage image =
            RegistryImage.open(
                client(at, place.security(), RepositoryName.parse(reference.name()).host()),
                at.path(),
                sought,
                name);
        return new Found(image, digest == null ? reference.tagged() : "");
      } catch (BrigException e) {
        // A mirror may lack what its original has, or be down: the last place has the last word.
        failure = e;
      }
    }
    if (failure == null) {
      throw new IllegalStateException("no place for " + name);
    }
    throw failure;
  }

  private List<Place> places(ImageReference reference, Table table) {
    boolean byDigest = reference.digest() != null;
    List<Place> places = new ArrayList<>();
    for (Mirror mirror : table.mirrors()) {
      boolean used =
          switch (mirror.use()) {
            case ALL -> true;
            case DIGEST_ONLY -> byDigest;
            case TAG_ONLY -> !byDigest;
          };
      if (used) {
        String name = RegistriesConf.moved(table.prefix(), mirror.location(), reference.name());
        places.add(new Place(name, security(mirror.security())));
      }
    }
    String name = RegistriesConf.moved(table.prefix(), table.location(), reference.name());
    places.add(new Place(name, security(table.security())));
    return places;
  }

  private Endpoint.Security security(Endpoint.Security configured) {
    return switch (options.verification()) {
      case REQUIRED -> Endpoint.Security.VERIFIED;
      case WAIVED -> Endpoint.Security.INSECURE;
      case CONFIGURED -> configured;
    };
  }

  // What a location says is meant: nothing is added to it.
  private static RepositoryName located(String name) {
    int slash = name.indexOf('/');
    if (slash < 0) {
      throw new UsageException("location \"" + name + "\"", "it names no repository", "");
    }
    return new RepositoryName(name.substring(0, slash), name.substring(slash + 1));
  }

  private RegistryClient client(RepositoryName at, Endpoint.Security security, String askedFor) {
    return clients.computeIfAbsent(
        at + " " + security,
        _ ->
            client(
                at.host(),
                security,
                new Authorization(at.host(), () -> who(at.host(), at.path(), askedFor))));
  }

  // What the user gives by hand is for the registry that he names, and not for its mirrors.
  private Credentials who(String host, String path, String askedFor) {
    boolean given = !(options.given() instanceof Credentials.Anonymous) && host.equals(askedFor);
    return given ? options.given() : credentials.find(host, path);
  }

  private RegistryClient client(
      String host, Endpoint.Security security, Authorization authorization) {
    Tls.Trust trust =
        security == Endpoint.Security.INSECURE ? Tls.Trust.ANYBODY : Tls.Trust.CERTIFIED;
    Proxies proxies = new Proxies(options.environment());
    List<Path> directories = files.certificates(host);
    return new RegistryClient(
        new Endpoint(host, security),
        new JdkTransport(Tls.of(directories, trust), proxies, options.timeout()),
        // Neither the user's certificate nor the registry's authority are others' business.
        new JdkTransport(Tls.of(List.of(), trust), proxies, options.timeout()),
        authorization,
        options.retry());
  }

  private RegistryClient clientFor(RepositoryName repository) {
    Table table = conf().tableFor(repository.toString());
    return client(repository, security(table.security()), repository.host());
  }

  /// Sends a stored image to a registry.
  ///
  /// @param content the image
  /// @param destination the full name to give it there
  /// @param listener is told how far it has come
  /// @return the digest of the manifest
  /// @throws UsageException if the destination is no full name, or has a digest
  /// @throws RegistryException if the registry does not take it
  public Digest push(StoredContent content, String destination, TransferListener listener) {
    String bare =
        destination.startsWith(TRANSPORT) ? destination.substring(TRANSPORT.length()) : destination;
    ImageReference reference = ImageReference.parse(bare);
    if (RepositoryName.isShort(reference.name())) {
      throw new UsageException(
          "image \"" + bare + "\"",
          "its name says no registry to send it to",
          "brig push " + bare + " registry.example/" + bare);
    }
    if (reference.digest() != null) {
      throw new UsageException(
          "image \"" + bare + "\"", "the digest is not yours to choose", "name a tag");
    }
    RepositoryName repository = RepositoryName.parse(reference.name());
    return new Pusher(clientFor(repository), repository, content, listener).push(reference.tag());
  }

  /// Checks credentials with a registry, and records them.
  ///
  /// @param host the registry, or a repository on it
  /// @return where they are recorded
  /// @throws RegistryException if the registry does not take them
  public String login(String host, Credentials.Password password) {
    String key = AuthFile.normal(host);
    int slash = key.indexOf('/');
    String server = slash < 0 ? key : key.substring(0, slash);
    Table table = conf().tableFor(server);
    RegistryClient client =
        client(server, security(table.security()), new Authorization(server, () -> password));
    String scope = slash < 0 ? "" : RegistryImage.pullScope(key.substring(slash + 1));
    client.send(RegistryClient.Call.get("/v2/", scope, "log in to " + server)).close();
    return credentials.store(key, password);
  }

  /// Forgets the credentials for a registry where a login records them.
  ///
  /// @param host the registry, or a repository on it
  /// @throws UsageException if there are none
  public void logout(String host) {
    String key = AuthFile.normal(host);
    if (!credentials.erase(key)) {
      boolean elsewhere = !(loginOf(host) instanceof Credentials.Anonymous);
      throw new UsageException(
          "registry " + host,
          elsewhere
              ? "its credentials are not where brig login puts them"
              : "there are no credentials for it",
          elsewhere ? "they are in one of " + String.join(", ", credentials.places()) : "");
    }
  }

  /// Forgets all credentials that logins have recorded.
  public void logoutEverywhere() {
    credentials.eraseAll();
  }

  /// Returns the credentials that the user has for a registry.
  ///
  /// @param host the registry, or a repository on it
  public Credentials loginOf(String host) {
    String key = AuthFile.normal(host);
    int slash = key.indexOf('/');
    return slash < 0
        ? credentials.find(key, "")
        : credentials.find(key.substring(0, slash), key.substring(slash + 1));
  }

  /// Returns the tags of a repository.
  ///
  /// @param name the repository's full or short name
  /// @param countMax how many at most
  public List<String> tags(String name, int countMax) {
    RepositoryName repository = RepositoryName.parse(candidates(name).getFirst().name());
    return new Catalog(clientFor(repository)).tags(repository.path(), countMax);
  }

  /// Returns the full name of a repository.
  ///
  /// @param name its full or short name
  public String fullName(String name) {
    return candidates(name).getFirst().name();
  }

  /// Searches for repositories.
  ///
  /// @param term what their names contain; a registry before it, `registry.example/term`, searches
  ///   that one, otherwise the configured ones are searched
  /// @param countMax how many at most from each registry
  /// @throws RegistryException if a registry does not let itself be searched
  public List<SearchResult> search(String term, int countMax) {
    int slash = term.indexOf('/');
    if (slash > 0 && RepositoryName.isHost(term.substring(0, slash))) {
      return search(term.substring(0, slash), term.substring(slash + 1), countMax);
    }
    if (conf().searched().isEmpty()) {
      throw new UsageException(
          term,
          "no registries are configured to search",
          "write a registry before it, registry.example/" + term);
    }
    List<SearchResult> results = new ArrayList<>();
    for (String host : conf().searched()) {
      results.addAll(search(host, term, countMax));
    }
    return results;
  }

  private List<SearchResult> search(String host, String term, int countMax) {
    String server = host.equals(RepositoryName.DOCKER_HUB) ? "index.docker.io" : host;
    Table table = conf().tableFor(host);
    Authorization authorization =
        new Authorization(host, () -> who(AuthFile.normal(host), "", AuthFile.normal(host)));
    RegistryClient client = client(server, security(table.security()), authorization);
    return new Catalog(client).search(AuthFile.normal(host), term, countMax);
  }
}
