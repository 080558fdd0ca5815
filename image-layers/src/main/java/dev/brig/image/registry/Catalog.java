package dev.brig.image.registry;

import com.google.gson.JsonPrimitive;
import dev.brig.image.ImageException;
import dev.brig.image.JsonNode;
import dev.brig.image.registry.RegistryClient.Call;
import dev.brig.image.registry.Transport.Reply;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a registry says about what it has.
///
/// @param client the registry
/// @see <a
///   href="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#content-discovery">Content
///   Discovery</a>
record Catalog(RegistryClient client) {
  private static final int PAGES_MAX = 1000;
  private static final int PAGE_SIZE = 100;
  private static final Set<Integer> NOT_OFFERED = Set.of(401, 403, 404, 405, 410, 501);

  /// Returns the tags of a repository, in the registry's order.
  List<String> tags(String path, int countMax) {
    String target = "/v2/" + path + "/tags/list?n=" + PAGE_SIZE;
    return list(target, RegistryImage.pullScope(path), "tags of " + path, "tags", countMax, "");
  }

  /// Searches by the first of two ways that the registry offers.
  List<SearchResult> search(String registry, String term, int countMax) {
    String subject = "search " + registry;
    String query = "/v1/search?q=" + encoded(term) + "&n=" + countMax;
    if (!term.isEmpty()) {
      try {
        return read(ask(Call.get(query, "", subject)), registry, countMax);
      } catch (RegistryException e) {
        if (!NOT_OFFERED.contains(e.status())) {
          throw e;
        }
      } catch (ImageException _) {
        // A page for people: it has no such way, ignored.
      }
    }
    try {
      String target = "/v2/_catalog?n=" + PAGE_SIZE;
      List<SearchResult> results = new ArrayList<>();
      String scope = "registry:catalog:*";
      for (String name : list(target, scope, subject, "repositories", countMax, term)) {
        results.add(
            new SearchResult(registry, registry + "/" + name, "", 0, /* official= */ false));
      }
      return results;
    } catch (RegistryException e) {
      if (e.status() == 401 || !NOT_OFFERED.contains(e.status())) {
        throw e;
      }
      throw new RegistryException(
          subject,
          "it does not let itself be searched (status " + e.status() + ")",
          "name a repository: brig search --list-tags " + registry + "/NAME");
    }
  }

  private static List<SearchResult> read(JsonNode answer, String registry, int countMax) {
    List<SearchResult> results = new ArrayList<>();
    for (JsonNode node : answer.require("results").elements()) {
      if (results.size() == countMax) {
        break;
      }
      String name = node.textOr("name", "");
      boolean library = registry.equals(RepositoryName.DOCKER_HUB) && name.indexOf('/') < 0;
      JsonNode stars = node.find("star_count");
      JsonNode official = node.find("is_official");
      results.add(
          new SearchResult(
              registry,
              registry + (library ? "/library/" : "/") + name,
              node.textOr("description", ""),
              stars == null ? 0 : stars.wholeNumber(),
              official != null
                  && official.element() instanceof JsonPrimitive flag
                  && flag.isBoolean()
                  && flag.getAsBoolean()));
    }
    return results;
  }

  private List<String> list(
      String first, String scope, String subject, String member, int countMax, String part) {
    List<String> names = new ArrayList<>();
    String target = first;
    for (int page = 0; page < PAGES_MAX && !target.isEmpty(); page++) {
      Call call = Call.get(target, scope, subject);
      try (Reply reply = client.send(call)) {
        for (JsonNode node : json(reply, subject).list(member)) {
          if (node.text().contains(part)) {
            names.add(node.text());
          }
          if (names.size() == countMax) {
            return names;
          }
        }
        String next = Links.next(reply.headers("Link"));
        target = next.isEmpty() ? "" : JdkTransport.resolve(reply.uri(), next).toString();
      } catch (IOException e) {
        throw Trouble.of(subject, client.host(), e);
      }
    }
    return names;
  }

  private JsonNode ask(Call call) {
    try (Reply reply = client.send(call.with(Map.of("Accept", "application/json")))) {
      return json(reply, call.subject());
    } catch (IOException e) {
      throw Trouble.of(call.subject(), client.host(), e);
    }
  }

  private static JsonNode json(Reply reply, String subject) throws IOException {
    return JsonNode.parse(reply.body().readNBytes(JsonNode.SIZE_MAX_BYTES + 1), subject);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
