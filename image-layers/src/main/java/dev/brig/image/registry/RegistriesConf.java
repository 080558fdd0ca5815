package dev.brig.image.registry;

import dev.brig.error.UsageException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the registries.conf of this machine and user say, of version 2 of the form; nothing is ever
/// written there.
///
/// @param searched the registries in which names without one are looked for
/// @param aliases short names and the full ones they stand for
/// @param tables what holds for registries and parts of them
/// @param mode what is done with a short name that several registries may have
/// @see <a
///   href="https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md">containers-registries.conf(5)</a>
record RegistriesConf(
    List<String> searched, Map<String, String> aliases, List<Table> tables, ShortNames mode) {
  private static final Table NOTHING_SAID =
      new Table("", "", /* insecure= */ false, /* blocked= */ false, List.of());

  RegistriesConf {
    searched = List.copyOf(searched);
    aliases = Map.copyOf(aliases);
    tables = List.copyOf(tables);
  }

  /// What is done with a short name that is no alias.
  enum ShortNames {
    /// It is refused if it may be in several registries.
    ENFORCING,
    /// All registries are tried in order.
    PERMISSIVE
  }

  /// A `[[registry]]`.
  ///
  /// @param prefix which names it is for
  /// @param location what stands in place of the prefix, or empty
  /// @param insecure whether connections need not be safe
  /// @param blocked whether nothing may be pulled
  /// @param mirrors what is tried before
  record Table(
      String prefix, String location, boolean insecure, boolean blocked, List<Mirror> mirrors) {
    Table {
      mirrors = List.copyOf(mirrors);
    }

    /// Returns how the registry is spoken to, unless the user says otherwise.
    Endpoint.Security security() {
      return insecure ? Endpoint.Security.INSECURE : Endpoint.Security.VERIFIED_UNLESS_LOCAL;
    }
  }

  /// A `[[registry.mirror]]`.
  ///
  /// @param location what stands in place of the prefix
  /// @param insecure whether connections need not be safe
  /// @param use for which names it is used
  record Mirror(String location, boolean insecure, Use use) {

    /// Returns how the mirror is spoken to, unless the user says otherwise.
    Endpoint.Security security() {
      return insecure ? Endpoint.Security.INSECURE : Endpoint.Security.VERIFIED_UNLESS_LOCAL;
    }
  }

  /// For which names a mirror is used.
  enum Use {
    ALL,
    DIGEST_ONLY,
    TAG_ONLY
  }

  /// A file of this form.
  ///
  /// @param name its path, for messages
  /// @param text its contents
  record Source(String name, String text) {}

  /// Reads files, of which later ones go over earlier ones, as drop-ins do.
  ///
  /// @throws UsageException if one of them is not of the form
  static RegistriesConf read(List<Source> files) {
    List<String> searched = List.of();
    Map<String, String> aliases = new LinkedHashMap<>();
    Map<String, Table> tables = new LinkedHashMap<>();
    ShortNames mode = ShortNames.PERMISSIVE;
    for (Source file : files) {
      TomlTable root = new TomlTable(Toml.parse(file.text(), file.name()), file.name());
      if (root.has("registries")) {
        throw root.wrong(
            "registries", "version 1 of the form, which podman gave up in 2022", "write version 2");
      }
      if (root.has("unqualified-search-registries")) {
        searched = root.texts("unqualified-search-registries");
      }
      mode =
          switch (root.text("short-name-mode")) {
            case "" -> mode;
            case "enforcing" -> ShortNames.ENFORCING;
            case "permissive", "disabled" -> ShortNames.PERMISSIVE;
            default ->
                throw root.wrong("short-name-mode", "not enforcing, permissive or disabled", "");
          };
      root.table("aliases").putInto(aliases);
      for (TomlTable table : root.tables("registry")) {
        Table read = table(table);
        tables.put(read.prefix(), read);
      }
    }
    return new RegistriesConf(searched, aliases, List.copyOf(tables.values()), mode);
  }

  private static Table table(TomlTable table) {
    String location = table.text("location");
    String prefix = table.text("prefix").isEmpty() ? location : table.text("prefix");
    if (prefix.isEmpty()) {
      throw table.wrong("registry", "it has neither prefix nor location", "");
    }
    boolean digestOnly = table.flag("mirror-by-digest-only");
    List<Mirror> mirrors = new ArrayList<>();
    for (TomlTable mirror : table.tables("mirror")) {
      Use use =
          switch (mirror.text("pull-from-mirror")) {
            case "digest-only" -> Use.DIGEST_ONLY;
            case "tag-only" -> Use.TAG_ONLY;
            case "", "all" -> digestOnly ? Use.DIGEST_ONLY : Use.ALL;
            default ->
                throw mirror.wrong("pull-from-mirror", "not all, digest-only or tag-only", "");
          };
      mirrors.add(new Mirror(mirror.text("location"), mirror.flag("insecure"), use));
    }
    return new Table(prefix, location, table.flag("insecure"), table.flag("blocked"), mirrors);
  }

  /// Returns what holds for a name: the table with the longest prefix that fits, or one that says
  /// nothing.
  ///
  /// @param name `host/path`, perhaps with tag or digest
  Table tableFor(String name) {
    Table best = NOTHING_SAID;
    for (Table table : tables) {
      if (fits(table.prefix(), name) && table.prefix().length() > best.prefix().length()) {
        best = table;
      }
    }
    return best;
  }

  private static boolean fits(String prefix, String name) {
    if (prefix.startsWith("*.")) {
      int slash = name.indexOf('/');
      String host = slash < 0 ? name : name.substring(0, slash);
      return host.endsWith(prefix.substring(1));
    }
    if (!name.startsWith(prefix)) {
      return false;
    }
    if (name.length() == prefix.length()) {
      return true;
    }
    char next = name.charAt(prefix.length());
    // A port belongs to the host: "example.com" is no prefix of "example.com:5000/app".
    boolean host = prefix.indexOf('/') < 0;
    return next == '/' || (!host && (next == ':' || next == '@'));
  }

  /// Returns where a name really is.
  ///
  /// @param prefix the prefix that stands for the location
  /// @param location the location, or empty for the name itself
  /// @param name `host/path`
  static String moved(String prefix, String location, String name) {
    return location.isEmpty() || prefix.startsWith("*.")
        ? name
        : location + name.substring(prefix.length());
  }
}
