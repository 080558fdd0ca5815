package dev.brig.namespaces;

import dev.brig.plan.Buffer;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.Operand.Text;
import dev.brig.plan.Slot;
import java.util.List;

/// The kernel's constants and structures as operands, named as its headers name them.
///
/// Only what is the same on every machine that brig compiles for is here: `O_DIRECTORY` and
/// `O_NOFOLLOW` are not.
public final class Abi {
  /// No address.
  public static final Num NULL = new Num(0, "NULL");

  /// Zero, as flags or as a number.
  public static final Num ZERO = new Num(0);

  /// The working directory in place of a directory descriptor; openat(2).
  public static final Num AT_FDCWD = new Num(-100, "AT_FDCWD");

  /// The descriptor itself is meant; openat(2).
  public static final Num AT_EMPTY_PATH = new Num(0x1000, "AT_EMPTY_PATH");

  /// The whole subtree; mount_setattr(2).
  public static final Num AT_RECURSIVE = new Num(0x8000, "AT_RECURSIVE");

  /// A directory is removed; unlinkat(2).
  public static final Num AT_REMOVEDIR = new Num(0x200, "AT_REMOVEDIR");

  /// Open for reading; open(2).
  public static final Num O_RDONLY = new Num(0, "O_RDONLY");

  /// Open for writing; open(2).
  public static final Num O_WRONLY = new Num(1, "O_WRONLY");

  /// Open for both; open(2).
  public static final Num O_RDWR = new Num(2, "O_RDWR");

  /// Make the file; open(2).
  public static final Num O_CREAT = new Num(0x40, "O_CREAT");

  /// Refuse a file that exists; open(2).
  public static final Num O_EXCL = new Num(0x80, "O_EXCL");

  /// Don't take it as the controlling terminal; open(2).
  public static final Num O_NOCTTY = new Num(0x100, "O_NOCTTY");

  /// Empty the file; open(2).
  public static final Num O_TRUNC = new Num(0x200, "O_TRUNC");

  /// Write at the end; open(2).
  public static final Num O_APPEND = new Num(0x400, "O_APPEND");

  /// Don't wait; open(2).
  public static final Num O_NONBLOCK = new Num(0x800, "O_NONBLOCK");

  /// Close it at execve; open(2).
  public static final Num O_CLOEXEC = new Num(0x80000, "O_CLOEXEC");

  /// Only name the file; open(2).
  public static final Num O_PATH = new Num(0x200000, "O_PATH");

  /// The directory descriptor is the root of every lookup; openat2(2).
  public static final Num RESOLVE_IN_ROOT = new Num(0x10, "RESOLVE_IN_ROOT");

  /// The highest descriptor there can be; close_range(2).
  public static final Num LAST_FD = new Num(0xffffffffL);

  /// No lookup through /proc's magic links; openat2(2).
  public static final Num RESOLVE_NO_MAGICLINKS = new Num(2, "RESOLVE_NO_MAGICLINKS");

  /// Close on execve; fsopen(2).
  public static final Num FSOPEN_CLOEXEC = new Num(1, "FSOPEN_CLOEXEC");

  /// Close on execve; fsmount(2).
  public static final Num FSMOUNT_CLOEXEC = new Num(1, "FSMOUNT_CLOEXEC");

  /// Set a parameter without value; fsconfig(2).
  public static final Num FSCONFIG_SET_FLAG = new Num(0, "FSCONFIG_SET_FLAG");

  /// Set a parameter to a string; fsconfig(2).
  public static final Num FSCONFIG_SET_STRING = new Num(1, "FSCONFIG_SET_STRING");

  /// Make the filesystem; fsconfig(2).
  public static final Num FSCONFIG_CMD_CREATE = new Num(6, "FSCONFIG_CMD_CREATE");

  /// A detached copy of the mount; open_tree(2).
  public static final Num OPEN_TREE_CLONE = new Num(1, "OPEN_TREE_CLONE");

  /// Close on execve; open_tree(2).
  public static final Num OPEN_TREE_CLOEXEC = new Num(0x80000, "OPEN_TREE_CLOEXEC");

  /// The source is the descriptor itself; move_mount(2).
  public static final Num MOVE_MOUNT_F_EMPTY_PATH = new Num(4, "MOVE_MOUNT_F_EMPTY_PATH");

  /// The target is the descriptor itself; move_mount(2).
  public static final Num MOVE_MOUNT_T_EMPTY_PATH = new Num(0x40, "MOVE_MOUNT_T_EMPTY_PATH");

  /// Detach the mount and let it go when unused; umount2(2).
  public static final Num MNT_DETACH = new Num(2, "MNT_DETACH");

  private Abi() {}

  /// Returns the union of flags, written as strace does, in the given order. A plain zero among
  /// others is left out; one with a name, as O_RDONLY, is not.
  public static Num or(Num... flags) {
    long value = 0;
    StringBuilder text = new StringBuilder();
    for (Num flag : flags) {
      if (!flag.text().equals("0")) {
        value |= flag.value();
        text.append(text.isEmpty() ? "" : "|").append(flag.text());
      }
    }
    return text.isEmpty() ? flags[0] : new Num(value, text.toString());
  }

  /// Returns attributes of a mount, `MOUNT_ATTR_*`, as flags; mount_setattr(2).
  public static Num mountAttributes(long bits) {
    return MountFlags.attributes(bits);
  }

  /// Returns the address of a string.
  public static Text text(String value) {
    return new Text(value);
  }

  /// Returns a decimal number.
  public static Num num(long value) {
    return new Num(value);
  }

  /// Returns permission bits, written in octal.
  public static Num mode(int bits) {
    return new Num(bits, bits == 0 ? "000" : "0" + Integer.toOctalString(bits));
  }

  /// Returns what a slot holds.
  public static Operand value(Slot slot) {
    return new Operand.Value(slot);
  }

  /// Returns the address of a buffer.
  public static Operand at(Buffer buffer) {
    return new Operand.BufferAddress(buffer);
  }

  /// Returns the address of `struct open_how` for openat2(2), without a mode.
  public static Struct openHow(Num flags, Num resolve) {
    return new Struct(
        List.of(
            new Field("flags", 8, flags),
            new Field("mode", 8, ZERO),
            new Field("resolve", 8, resolve)));
  }

  /// Returns the address of `struct mount_attr` for mount_setattr(2).
  ///
  /// @param set attributes to set
  /// @param clear attributes to clear
  /// @param propagation a propagation type, or zero to leave it
  public static Struct mountAttr(Num set, Num clear, Num propagation) {
    return new Struct(
        List.of(
            new Field("attr_set", 8, set),
            new Field("attr_clr", 8, clear),
            new Field("propagation", 8, propagation),
            new Field("userns_fd", 8, ZERO)));
  }
}
