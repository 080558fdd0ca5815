package dev.brig.image.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The proxies that the variables of the environment name, as curl and Go's programs read them.
///
/// @see <a href="https://pkg.go.dev/golang.org/x/net/http/httpproxy">httpproxy</a>
final class Proxies {
  private final Map<String, String> environment;

  /// Makes a choice of proxies.
  ///
  /// @param environment holds `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, in either case
  Proxies(Map<String, String> environment) {
    this.environment = environment;
  }

  /// Returns the proxy for a request. Loopback is never reached by one.
  Proxy choose(URI target) {
    String host = target.getHost() == null ? "" : target.getHost();
    String address = variable(target.getScheme() + "_proxy");
    if (address.isEmpty() || Endpoint.isLoopback(host) || isExcepted(host)) {
      return Proxy.NO_PROXY;
    }
    try {
      URI proxy = URI.create(address.contains("://") ? address : "http://" + address);
      int port = proxy.getPort() < 0 ? 80 : proxy.getPort();
      return proxy.getHost() == null
          ? Proxy.NO_PROXY
          : new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(proxy.getHost(), port));
    } catch (IllegalArgumentException e) {
      throw new RegistryException(
          "proxy \"" + address + "\"", "not an address", "correct the variable http(s)_proxy");
    }
  }

  /// Returns the same choice in the form that the JDK's newer client wants.
  ProxySelector selector() {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        return List.of(choose(uri));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The request fails as well and says so.
      }
    };
  }

  private boolean isExcepted(String host) {
    for (String entry : variable("no_proxy").split(",", -1)) {
      String suffix = entry.strip().toLowerCase(Locale.ROOT);
      int port = suffix.indexOf(':');
      suffix = port > 0 ? suffix.substring(0, port) : suffix;
      if (suffix.equals("*")) {
        return true;
      }
      String bare = suffix.startsWith("*.") ? suffix.substring(2) : suffix;
      bare = bare.startsWith(".") ? bare.substring(1) : bare;
      String name = host.toLowerCase(Locale.ROOT);
      if (!bare.isEmpty() && (name.equals(bare) || name.endsWith("." + bare))) {
        return true;
      }
    }
    return false;
  }

  private String variable(String name) {
    String lower = environment.getOrDefault(name, "");
    return lower.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
  }
}
