package dev.brig.runtime.launch;

import dev.brig.error.UnsupportedException;
import dev.brig.linux.Identity;
import dev.brig.runtime.compile.NetDevice;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.LinuxNetDevice;
import dev.brig.runtime.spec.Spec;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Looks network devices of the host up that a container is to get.
final class NetDevices {
  private static final String FIELD = "/linux/netDevices/";

  /// The kernel's IFNAMSIZ, less the end.
  private static final int NAME_MAX = 15;

  private NetDevices() {}

  /// Returns the devices.
  ///
  /// @throws UnsupportedException if one isn't there, or can't move
  static List<NetDevice> of(Spec spec, Identity caller) {
    List<NetDevice> devices = new ArrayList<>();
    for (Map.Entry<String, LinuxNetDevice> entry : spec.linux().netDevices().entrySet()) {
      String field = FIELD + entry.getKey();
      if (caller.isRootless()) {
        throw new UnsupportedException(
            field, "only root may move a network device", "run brig-oci as root");
      }
      if (!hasNetwork(spec)) {
        throw new UnsupportedException(
            field,
            "the container has the host's network",
            "add {\"type\": \"network\"} to /linux/namespaces");
      }
      String name = entry.getValue().name().isEmpty() ? entry.getKey() : entry.getValue().name();
      String chosen = isTemplate(name) && hasNewNetwork(spec) ? chosen(name, spec, devices) : name;
      checkName(field, chosen);
      if (entry.getKey().length() > NAME_MAX) {
        throw new UnsupportedException(
            field, "the host has no network device of so long a name", "ip link shows what it has");
      }
      devices.add(device(field, entry.getKey(), chosen));
    }
    return devices;
  }

  private static boolean hasNetwork(Spec spec) {
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == LinuxNamespaceType.NETWORK) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasNewNetwork(Spec spec) {
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == LinuxNamespaceType.NETWORK && !namespace.path().isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /// config-linux.md, "Network Devices": `%d` at the end stands for a number that makes the name
  /// unique.
  private static boolean isTemplate(String name) {
    return name.length() > 2 && name.endsWith("%d");
  }

  /// Returns the name that the kernel would choose in a new namespace: with the lowest number that
  /// is free.
  private static String chosen(String template, Spec spec, List<NetDevice> before) {
    Set<String> taken = new HashSet<>();
    for (LinuxNetDevice device : spec.linux().netDevices().values()) {
      taken.add(device.name());
    }
    for (NetDevice device : before) {
      taken.add(device.name());
    }
    String stem = template.substring(0, template.length() - 2);
    int number = 0;
    while (taken.contains(stem + number)) {
      number++;
    }
    return stem + number;
  }

  private static void checkName(String field, String name) {
    boolean wrong = name.length() > NAME_MAX || name.equals(".") || name.equals("..");
    // The kernel moves it, then sees that it can't be renamed so, and the device is lost.
    wrong |= name.equals("lo");
    for (int i = 0; i < name.length(); i++) {
      char letter = name.charAt(i);
      wrong |= letter == '/' || letter == ':' || letter == '%' || letter <= ' ' || letter > '~';
    }
    if (wrong) {
      throw new UnsupportedException(
          field,
          "\"" + name + "\" is no name of a network device",
          "at most 15 characters, without /, : and blanks, and not lo");
    }
  }

  /// Java knows no device without an address: whether it is there the kernel says when it is moved.
  private static NetDevice device(String field, String hostName, String name) {
    try {
      NetworkInterface found = NetworkInterface.getByName(hostName);
      if (found == null) {
        return new NetDevice(hostName, name, List.of());
      }
      List<NetDevice.Address> addresses = new ArrayList<>();
      for (InterfaceAddress address : found.getInterfaceAddresses()) {
        if (isGlobal(address.getAddress())) {
          List<Byte> bytes = new ArrayList<>();
          for (byte each : address.getAddress().getAddress()) {
            bytes.add(each);
          }
          addresses.add(new NetDevice.Address(bytes, address.getNetworkPrefixLength()));
        }
      }
      return new NetDevice(hostName, name, addresses);
    } catch (SocketException e) {
      throw new UnsupportedException(field, "its addresses can't be read: " + e.getMessage(), "");
    }
  }

  private static boolean isGlobal(InetAddress address) {
    return !address.isLinkLocalAddress() && !address.isLoopbackAddress();
  }
}
