package dev.brig.linux;

import dev.brig.error.UsageException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The capabilities, in the order of their numbers.
///
/// @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
public enum Capability {
  CAP_CHOWN(0),
  CAP_DAC_OVERRIDE(1),
  CAP_DAC_READ_SEARCH(2),
  CAP_FOWNER(3),
  CAP_FSETID(4),
  CAP_KILL(5),
  CAP_SETGID(6),
  CAP_SETUID(7),
  CAP_SETPCAP(8),
  CAP_LINUX_IMMUTABLE(9),
  CAP_NET_BIND_SERVICE(10),
  CAP_NET_BROADCAST(11),
  CAP_NET_ADMIN(12),
  CAP_NET_RAW(13),
  CAP_IPC_LOCK(14),
  CAP_IPC_OWNER(15),
  CAP_SYS_MODULE(16),
  CAP_SYS_RAWIO(17),
  CAP_SYS_CHROOT(18),
  CAP_SYS_PTRACE(19),
  CAP_SYS_PACCT(20),
  CAP_SYS_ADMIN(21),
  CAP_SYS_BOOT(22),
  CAP_SYS_NICE(23),
  CAP_SYS_RESOURCE(24),
  CAP_SYS_TIME(25),
  CAP_SYS_TTY_CONFIG(26),
  CAP_MKNOD(27),
  CAP_LEASE(28),
  CAP_AUDIT_WRITE(29),
  CAP_AUDIT_CONTROL(30),
  CAP_SETFCAP(31),
  CAP_MAC_OVERRIDE(32),
  CAP_MAC_ADMIN(33),
  CAP_SYSLOG(34),
  CAP_WAKE_ALARM(35),
  CAP_BLOCK_SUSPEND(36),
  CAP_AUDIT_READ(37),
  CAP_PERFMON(38),
  CAP_BPF(39),
  CAP_CHECKPOINT_RESTORE(40);

  private final int number;

  Capability(int number) {
    this.number = number;
  }

  /// Returns the number, 0 to 40.
  public int number() {
    return number;
  }

  /// Returns the bit of this capability in a 64-bit set.
  public long bit() {
    return 1L << number;
  }

  /// Returns the capability that a name means: `NET_ADMIN`, `CAP_NET_ADMIN`, in any case.
  ///
  /// @throws UsageException if there is none of this name
  public static Capability parse(String name) {
    Capability found = find(name);
    if (found != null) {
      return found;
    }
    throw new UsageException(
        "capability \"" + name + "\"",
        "there is no such capability",
        "capabilities(7) lists them; the prefix CAP_ may be left out");
  }

  /// Returns the bit of the capability that a name means, or 0 if there is none of this name.
  public static long bit(String name) {
    Capability found = find(name);
    return found == null ? 0 : found.bit();
  }

  private static @Nullable Capability find(String name) {
    String upper = name.toUpperCase(Locale.ROOT);
    String full = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
    for (Capability capability : values()) {
      if (capability.name().equals(full)) {
        return capability;
      }
    }
    return null;
  }

  /// Returns what a container gets that asks for nothing, the same as podman's and less than
  /// docker's.
  public static Set<Capability> containerDefault() {
    return Collections.unmodifiableSet(
        EnumSet.of(
            CAP_CHOWN,
            CAP_DAC_OVERRIDE,
            CAP_FOWNER,
            CAP_FSETID,
            CAP_KILL,
            CAP_NET_BIND_SERVICE,
            CAP_SETFCAP,
            CAP_SETGID,
            CAP_SETPCAP,
            CAP_SETUID,
            CAP_SYS_CHROOT));
  }

  /// Returns the capabilities of a 64-bit set; bits that have no name here are left out.
  public static Set<Capability> of(long bits) {
    Set<Capability> set = EnumSet.noneOf(Capability.class);
    for (Capability capability : values()) {
      if ((bits & capability.bit()) != 0) {
        set.add(capability);
      }
    }
    return Collections.unmodifiableSet(set);
  }

  /// Returns the 64-bit set of some capabilities.
  public static long bits(Set<Capability> set) {
    long bits = 0;
    for (Capability capability : set) {
      bits |= capability.bit();
    }
    return bits;
  }

  /// Returns the name of a capability number, or the number where a newer kernel has one that has
  /// no name here.
  public static String text(int number) {
    Capability[] all = values();
    return number < all.length ? all[number].name() : Integer.toString(number);
  }
}
