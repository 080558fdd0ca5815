package dev.brig.cgroups;

import java.util.List;

/// Whether processes may use some devices.
///
/// Of a list of rules, each access bit of a request is decided by the last rule that matches the
/// device and has the bit; a bit that no rule decides is allowed, as in a cgroup without rules.
///
/// @param verdict allow or deny
/// @param kind which kind of device
/// @param major the major number, or [#ANY]
/// @param minor the minor number, or [#ANY]
/// @param access the bits [#MKNOD], [#READ] and [#WRITE], at least one
/// @see <a href="https://docs.kernel.org/admin-guide/cgroup-v1/devices.html">Device Whitelist
///   Controller</a>
public record DeviceRule(Verdict verdict, Kind kind, long major, long minor, int access) {
  /// Every number.
  public static final long ANY = -1;

  /// To make a node: BPF_DEVCG_ACC_MKNOD.
  public static final int MKNOD = 1;

  /// To open for reading: BPF_DEVCG_ACC_READ.
  public static final int READ = 2;

  /// To open for writing: BPF_DEVCG_ACC_WRITE.
  public static final int WRITE = 4;

  /// All three.
  public static final int EVERY = MKNOD | READ | WRITE;

  /// What a rule says.
  public enum Verdict {
    /// Matching accesses are allowed.
    ALLOW,
    /// Matching accesses fail with EPERM.
    DENY
  }

  /// A kind of device.
  public enum Kind {
    /// Character and block devices.
    ALL('a'),
    /// Character devices.
    CHARACTER('c'),
    /// Block devices.
    BLOCK('b');

    private final char letter;

    Kind(char letter) {
      this.letter = letter;
    }

    /// Returns the letter that stands for it in rules.
    public char letter() {
      return letter;
    }
  }

  /// Refuses numbers that no device has and an access to nothing.
  public DeviceRule {
    if (major < ANY || major > 0xfffL || minor < ANY || minor > 0xfffffL) {
      throw new IllegalArgumentException("no device has the number " + major + ":" + minor);
    }
    if (access <= 0 || access > EVERY) {
      throw new IllegalArgumentException("access bits " + access);
    }
  }

  /// Returns a rule that allows a device all accesses.
  public static DeviceRule allow(Kind kind, long major, long minor) {
    return new DeviceRule(Verdict.ALLOW, kind, major, minor, EVERY);
  }

  /// Returns the rules of a container that is given no device: all denied, but making nodes (which
  /// is the capability's affair) and the devices that every container has.
  ///
  /// @see <a
  ///   href="https://github.com/opencontainers/runtime-spec/blob/main/config-linux.md#default-devices">config-linux.md,
  ///   Default Devices</a>
  public static List<DeviceRule> defaults() {
    return List.of(
        new DeviceRule(Verdict.DENY, Kind.ALL, ANY, ANY, EVERY),
        new DeviceRule(Verdict.ALLOW, Kind.CHARACTER, ANY, ANY, MKNOD),
        new DeviceRule(Verdict.ALLOW, Kind.BLOCK, ANY, ANY, MKNOD),
        allow(Kind.CHARACTER, 1, 3), // null
        allow(Kind.CHARACTER, 1, 5), // zero
        allow(Kind.CHARACTER, 1, 7), // full
        allow(Kind.CHARACTER, 1, 8), // random
        allow(Kind.CHARACTER, 1, 9), // urandom
        allow(Kind.CHARACTER, 5, 0), // tty
        allow(Kind.CHARACTER, 5, 2), // ptmx
        allow(Kind.CHARACTER, 136, ANY)); // pts/N
  }

  /// Reads a rule that allows something, as the kernel's devices.allow takes it and as the option
  /// `--device-cgroup-rule` has it: `c 10:200 rwm`, `b *:* m`, `a`.
  ///
  /// @param verdict what the rule is to say
  /// @param text a letter, a space, two numbers or stars with a colon, a space, and letters of
  ///   `rwm`
  /// @throws IllegalArgumentException if the text has another form, with what is wrong with it
  public static DeviceRule parse(Verdict verdict, String text) {
    if (text.equals("a")) {
      return new DeviceRule(verdict, Kind.ALL, ANY, ANY, EVERY);
    }
    int numbers = text.indexOf(' ') + 1;
    int letters = text.indexOf(' ', numbers) + 1;
    int colon = text.indexOf(':');
    if (numbers != 2 || letters == 0 || colon < numbers || colon >= letters) {
      throw new IllegalArgumentException("it needs the form `c 10:200 rwm`");
    }
    Kind kind =
        switch (text.charAt(0)) {
          case 'a' -> Kind.ALL;
          case 'b' -> Kind.BLOCK;
          case 'c' -> Kind.CHARACTER;
          default -> throw new IllegalArgumentException("the kind is a, b or c");
        };
    long major = number(text.substring(numbers, colon));
    long minor = number(text.substring(colon + 1, letters - 1));
    return new DeviceRule(verdict, kind, major, minor, access(text.substring(letters)));
  }

  /// Returns the bits of letters out of `rwm`.
  ///
  /// @throws IllegalArgumentException if there are others, or none
  public static int access(String letters) {
    int access = 0;
    for (int i = 0; i < letters.length(); i++) {
      access |=
          switch (letters.charAt(i)) {
            case 'r' -> READ;
            case 'w' -> WRITE;
            case 'm' -> MKNOD;
            default -> throw new IllegalArgumentException("the access has letters out of rwm");
          };
    }
    if (access == 0) {
      throw new IllegalArgumentException("the access has letters out of rwm");
    }
    return access;
  }

  private static long number(String text) {
    if (text.equals("*")) {
      return ANY;
    }
    if (text.isEmpty() || text.length() > 7) {
      throw new IllegalArgumentException("a device number or * is missing or too long");
    }
    long number = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        throw new IllegalArgumentException("\"" + text + "\" is neither a number nor *");
      }
      number = number * 10 + (c - '0');
    }
    return number;
  }

  /// Returns the rule without its verdict, as devices.allow and devices.deny take it.
  public String text() {
    StringBuilder text = new StringBuilder().append(kind.letter()).append(' ');
    text.append(major == ANY ? "*" : Long.toString(major)).append(':');
    text.append(minor == ANY ? "*" : Long.toString(minor)).append(' ');
    if ((access & READ) != 0) {
      text.append('r');
    }
    if ((access & WRITE) != 0) {
      text.append('w');
    }
    if ((access & MKNOD) != 0) {
      text.append('m');
    }
    return text.toString();
  }

  /// Returns the same rule for other access bits.
  DeviceRule withAccess(int other) {
    return new DeviceRule(verdict, kind, major, minor, other);
  }

  /// Tells whether this rule covers every device that the other one does.
  boolean covers(DeviceRule other) {
    return (kind == Kind.ALL || kind == other.kind)
        && (major == ANY || major == other.major)
        && (minor == ANY || minor == other.minor);
  }

  /// Tells whether there is a device that both rules cover.
  boolean meets(DeviceRule other) {
    return (kind == Kind.ALL || other.kind == Kind.ALL || kind == other.kind)
        && (major == ANY || other.major == ANY || major == other.major)
        && (minor == ANY || other.minor == ANY || minor == other.minor);
  }

  /// Returns a rule about the devices that both rules cover, with the bits of both.
  DeviceRule overlap(DeviceRule other) {
    return new DeviceRule(
        verdict,
        kind == Kind.ALL ? other.kind : kind,
        major == ANY ? other.major : major,
        minor == ANY ? other.minor : minor,
        access | other.access);
  }

  /// Tells whether this rule is about everything.
  boolean isTotal() {
    return kind == Kind.ALL && major == ANY && minor == ANY && access == EVERY;
  }
}
