package dev.brig.cli.bundle;

import dev.brig.cli.bundle.RunOptions.Switch;
import dev.brig.runtime.compile.GuestNetwork;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.spec.LinuxNamespaceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The files in /etc that depend on the container's name and network rather than on its image.
final class NetworkFiles {
  private static final String LOCALHOST =
      """
      127.0.0.1	localhost
      ::1	localhost ip6-localhost ip6-loopback
      """;

  private static final String NONE = "none";

  private NetworkFiles() {}

  /// Returns the texts by file name; each is mounted on the file of that name in /etc.
  ///
  /// A container that shares a network gets copies of the host's files, so that it cannot write the
  /// host's own; what shares the host's name gets no file for it.
  static Map<String, String> texts(
      RunOptions options, BundleFacts facts, Isolation isolation, String hostname) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (options.isolation().degree().isInView()) {
      return texts;
    }
    boolean ownNetwork = isolation.isOwn(LinuxNamespaceType.NETWORK);
    boolean ownName = isolation.isOwn(LinuxNamespaceType.UTS);
    if (ownName) {
      texts.put("hostname", hostname + "\n");
    }
    if (!options.lifecycle().has(Switch.NO_HOSTS)) {
      texts.put("hosts", hosts(options, facts, isolation, hostname));
    }
    RunOptions.Dns dns = options.files().dns();
    if (dns.servers().contains(NONE)) {
      return texts;
    }
    if (!ownNetwork || !dns.isUsual()) {
      String host = facts.hostFiles().resolvConf();
      texts.put(
          "resolv.conf",
          resolvConf(dns, options.isolation().degree() == Degree.VM ? ofMachine(host) : host));
    }
    return texts;
  }

  private static String hosts(
      RunOptions options, BundleFacts facts, Isolation isolation, String hostname) {
    boolean ownNetwork = isolation.isOwn(LinuxNamespaceType.NETWORK);
    StringBuilder hosts = new StringBuilder(ownNetwork ? LOCALHOST : facts.hostFiles().hosts());
    if (!hosts.isEmpty() && hosts.charAt(hosts.length() - 1) != '\n') {
      hosts.append('\n');
    }
    for (HostEntry entry : options.files().hosts()) {
      hosts.append(entry.address()).append('\t').append(entry.name()).append('\n');
    }
    if (isolation.isOwn(LinuxNamespaceType.UTS)) {
      hosts.append("127.0.1.1\t").append(hostname).append('\n');
    }
    return hosts.toString();
  }

  /// A machine can't reach a server on the host's loopback interface, but one that asks it.
  private static String ofMachine(String host) {
    List<String> server = List.of(GuestNetwork.NAME_SERVER);
    return resolvConf(new RunOptions.Dns(server, List.of(), List.of()), host);
  }

  /// Returns the host's file with what was asked for in place of its lines of the same kind;
  /// resolv.conf(5).
  private static String resolvConf(RunOptions.Dns dns, String host) {
    StringBuilder text = new StringBuilder();
    boolean searches = !dns.searches().isEmpty();
    for (String line : ColonFile.split(host, '\n')) {
      boolean replaced =
          (line.startsWith("nameserver") && !dns.servers().isEmpty())
              || ((line.startsWith("search") || line.startsWith("domain")) && searches)
              || (line.startsWith("options") && !dns.options().isEmpty());
      if (!replaced) {
        text.append(line).append('\n');
      }
    }
    if (searches && !dns.searches().contains(".")) {
      text.append("search ").append(String.join(" ", dns.searches())).append('\n');
    }
    for (String server : dns.servers()) {
      text.append("nameserver ").append(server).append('\n');
    }
    if (!dns.options().isEmpty()) {
      text.append("options ").append(String.join(" ", dns.options())).append('\n');
    }
    return text.toString();
  }
}
