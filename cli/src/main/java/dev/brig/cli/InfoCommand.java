package dev.brig.cli;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.output.Json;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.linux.Host;
import dev.brig.linux.SubordinateIds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `brig info`.
final class InfoCommand implements Command<CommonOption> {
  private static final int NAME_WIDTH = 18;

  private final Context context;

  InfoCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<CommonOption> syntax() {
    return new Syntax<>(
        "info",
        "Show what this machine offers to containers.",
        List.of(CommonOption.JSON),
        Operands.NONE,
        List.of());
  }

  @Override
  public int run(Reading.Arguments<CommonOption> arguments) {
    Map<String, String> facts = facts();
    if (arguments.has(CommonOption.JSON)) {
      Json json = new Json().beginObject();
      facts.forEach(json::property);
      context.out().print(json.endObject().text());
      return ExitCodes.SUCCESS;
    }
    for (Map.Entry<String, String> fact : facts.entrySet()) {
      int gap = Math.max(1, NAME_WIDTH - fact.getKey().length());
      context.out().println(fact.getKey() + ":" + " ".repeat(gap) + fact.getValue());
    }
    return ExitCodes.SUCCESS;
  }

  private Map<String, String> facts() {
    Host host = context.host();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("hostname", host.hostname());
    facts.put("kernel", host.release().major() + "." + host.release().minor());
    facts.put("machine", host.machine().name().toLowerCase(Locale.ROOT));
    facts.put("user", Integer.toUnsignedString(host.identity().euid()));
    facts.put("privilege", context.isRootless() ? "rootless" : "root");
    facts.put("cgroups", cgroups(host));
    facts.put("userNamespacesMax", Long.toString(host.userNamespaces().namespacesMax()));
    if (context.isRootless()) {
      SubordinateIds ranges = host.subordinateIds();
      facts.put("idRanges", ranges.usable() ? "usable" : "none");
    }
    facts.put("root", context.paths().root().toString());
    facts.put("run", context.paths().run().toString());
    return facts;
  }

  /// Returns which version of cgroups is mounted where distributions mount them.
  private static String cgroups(Host host) {
    if (host.exists("/sys/fs/cgroup/cgroup.controllers")) {
      return "v2";
    }
    return host.exists("/sys/fs/cgroup/unified/cgroup.controllers") ? "hybrid" : "v1";
  }
}
