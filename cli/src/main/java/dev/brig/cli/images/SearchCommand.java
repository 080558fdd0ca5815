package dev.brig.cli.images;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Human;
import dev.brig.cli.output.Json;
import dev.brig.cli.output.Table;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.cli.value.Numbers;
import dev.brig.image.registry.Registries;
import dev.brig.image.registry.SearchResult;
import java.util.List;

/// `brig search`.
public final class SearchCommand implements Command<RegistryOption> {
  private static final int LIMIT = 25;
  private static final int DESCRIPTION_MAX = 60;

  private final Context context;

  /// Makes the command.
  public SearchCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<RegistryOption> syntax() {
    return new Syntax<>(
        "search",
        "Search registries for repositories, or a repository for tags.",
        List.of(
            RegistryOption.LIST_TAGS,
            RegistryOption.LIMIT,
            RegistryOption.NO_TRUNC,
            RegistryOption.JSON,
            RegistryOption.CREDS,
            RegistryOption.AUTHFILE,
            RegistryOption.CERT_DIR,
            RegistryOption.TLS_VERIFY,
            RegistryOption.RETRY,
            RegistryOption.RETRY_DELAY),
        Operands.exactly(1, "TERM"),
        List.of(
            "",
            "A registry before TERM searches that one, REGISTRY/ lists all that it has. Not",
            "every registry lets itself be searched.",
            "",
            "Examples:",
            "  brig search docker.io/debian",
            "  brig search --list-tags docker.io/library/debian"));
  }

  @Override
  public int run(Reading.Arguments<RegistryOption> arguments) {
    Registries registries = RegistryAccess.of(context, arguments);
    String limit = arguments.value(RegistryOption.LIMIT, "");
    int most = limit.isEmpty() ? LIMIT : (int) Numbers.parse("--limit", limit, 1, 100_000);
    String term = arguments.operands().getFirst();
    boolean json = arguments.has(RegistryOption.JSON);
    if (arguments.has(RegistryOption.LIST_TAGS)) {
      String name = registries.fullName(term);
      List<String> tags = registries.tags(term, most);
      context.out().print(json ? json(name, tags) : table(name, tags));
    } else {
      List<SearchResult> results = registries.search(term, most);
      context.out().print(json ? json(results) : table(arguments, results));
    }
    return ExitCodes.SUCCESS;
  }

  private static String table(String name, List<String> tags) {
    Table table = new Table("NAME", "TAG");
    for (String tag : tags) {
      table.add(name, tag);
    }
    return table.text();
  }

  private static String json(String name, List<String> tags) {
    return new Json()
        .beginObject()
        .property("name", name)
        .property("tags", tags)
        .endObject()
        .text();
  }

  private static String table(
      Reading.Arguments<RegistryOption> arguments, List<SearchResult> results) {
    Table table = new Table("NAME", "DESCRIPTION");
    for (SearchResult result : results) {
      String description = printable(result.description());
      table.add(
          printable(result.name()),
          arguments.has(RegistryOption.NO_TRUNC)
              ? description
              : Human.shortened(description, DESCRIPTION_MAX));
    }
    return table.text();
  }

  // A stranger's text must not move the cursor.
  private static String printable(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      printable.append(Character.isISOControl(c) ? ' ' : c);
    }
    return printable.toString();
  }

  private static String json(List<SearchResult> results) {
    Json json = new Json().beginArray();
    for (SearchResult result : results) {
      json.beginObject()
          .property("registry", result.registry())
          .property("name", result.name())
          .property("description", result.description())
          .property("stars", result.stars())
          .flag("official", result.official())
          .endObject();
    }
    return json.endArray().text();
  }
}
