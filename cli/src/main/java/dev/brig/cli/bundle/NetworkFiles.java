package dev.brig.cli.bundle;

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

  private NetworkFiles() {}

  /// Returns the texts by file name; each is mounted on the file of that name in /etc.
  ///
  /// A container that shares a network gets copies of the host's files, so that it cannot write the
  /// host's own; what shares the host's name gets no file for it.
  static Map<String, String> texts(
      RunOptions options, BundleFacts facts, Isolation isolation, String hostname) {
    Map<String, String> texts = new LinkedHashMap<>();
    boolean ownNetwork = isolation.isOwn(LinuxNamespaceType.NETWORK);
    boolean ownName = isolation.isOwn(LinuxNamespaceType.UTS);
    List<HostEntry> more = options.files().hosts();
    StringBuilder hosts = new StringBuilder(ownNetwork ? LOCALHOST : facts.hostFiles().hosts());
    if (!hosts.isEmpty() && hosts.charAt(hosts.length() - 1) != '\n') {
      hosts.append('\n');
    }
    for (HostEntry entry : more) {
      hosts.append(entry.address()).append('\t').append(entry.name()).append('\n');
    }
    if (ownName) {
      hosts.append("127.0.1.1\t").append(hostname).append('\n');
      texts.put("hostname", hostname + "\n");
    }
    texts.put("hosts", hosts.toString());
    if (!ownNetwork) {
      texts.put("resolv.conf", facts.hostFiles().resolvConf());
    }
    return texts;
  }
}
