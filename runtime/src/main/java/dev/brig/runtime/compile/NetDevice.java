package dev.brig.runtime.compile;

import java.util.List;

/// A network device of the host that moves into the container; config-linux.md, "Network Devices".
///
/// @param hostName its name on the host
/// @param name its name in the container
/// @param addresses its addresses that hold beyond the link, which it loses by the move and gets
///   back
public record NetDevice(String hostName, String name, List<Address> addresses) {
  /// Copies the list.
  public NetDevice {
    addresses = List.copyOf(addresses);
  }

  /// An address of a device.
  ///
  /// @param bytes 4 or 16 bytes, the first first
  /// @param prefixBits how many bits are the network's
  public record Address(List<Byte> bytes, int prefixBits) {
    /// Copies the list.
    public Address {
      bytes = List.copyOf(bytes);
    }
  }
}
