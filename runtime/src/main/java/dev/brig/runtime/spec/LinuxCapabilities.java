package dev.brig.runtime.spec;

import java.util.List;

/// The five capability sets (`process.capabilities`), with names such as `CAP_KILL`.
///
/// Names stay text: the specification has a name that the host does not know warned about, not
/// refused.
///
/// @param bounding the limiting set
/// @param effective the set that the kernel checks
/// @param inheritable the set preserved across execve(2)
/// @param permitted the superset of the effective set
/// @param ambient the set kept across execve(2) of an unprivileged program
/// @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
public record LinuxCapabilities(
    List<String> bounding,
    List<String> effective,
    List<String> inheritable,
    List<String> permitted,
    List<String> ambient) {
  /// No capability in any set.
  public static final LinuxCapabilities NONE =
      new LinuxCapabilities(List.of(), List.of(), List.of(), List.of(), List.of());

  /// Copies the lists.
  public LinuxCapabilities {
    bounding = List.copyOf(bounding);
    effective = List.copyOf(effective);
    inheritable = List.copyOf(inheritable);
    permitted = List.copyOf(permitted);
    ambient = List.copyOf(ambient);
  }
}
