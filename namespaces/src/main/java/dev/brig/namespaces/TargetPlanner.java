package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.RESOLVE_IN_ROOT;
import static dev.brig.namespaces.Abi.RESOLVE_NO_MAGICLINKS;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.openHow;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/// Opens paths inside the container's root, whatever links the image laid, and makes what is
/// missing.
final class TargetPlanner {
  static final Slot TARGET = new Slot("targetfd");

  private static final int S_IFREG = 0x8000;
  private static final long PROC_SUPER_MAGIC = 0x9fa0;
  private static final Num RESOLVE_NO_XDEV = new Num(1, "RESOLVE_NO_XDEV");
  private static final Num NO_SYMLINKS = new Num(4, "RESOLVE_NO_SYMLINKS");
  private static final Buffer STATFS = new Buffer("statfs", 120);
  private static final Slot FILESYSTEM = new Slot("f_type");

  private final PlanBuilder plan;
  private String latest = "/";
  private Symlinks links = Symlinks.FOLLOWED;

  TargetPlanner(PlanBuilder plan) {
    this.plan = plan;
  }

  /// What a symbolic link in a path does.
  enum Symlinks {
    /// It leads to another place inside the root.
    FOLLOWED,
    /// It is an error (ELOOP).
    REFUSED
  }

  /// Appends the steps after which [#TARGET] names the path.
  void open(String path, Kind kind) {
    open(path, kind, Symlinks.FOLLOWED);
  }

  /// Appends the steps after which [#TARGET] names the path.
  void open(String path, Kind kind, Symlinks links) {
    this.links = links;
    Label missing = plan.label("make " + path);
    Label there = plan.label(path + " is there");
    latest = path;
    openIn(TARGET, path, new OnError.Divert(EnumSet.of(Errno.ENOENT, Errno.EAGAIN), missing));
    plan.jump(there);
    plan.mark(missing);
    make(path, kind);
    plan.mark(there);
  }

  /// Appends the steps that fail if [#TARGET] lies in a procfs: nothing may cover what programs
  /// learn from the kernel there, by whatever link the place was reached (CVE-2019-16884,
  /// CVE-2025-52881).
  void refuseProc() {
    String why = plan.why();
    String option = plan.option();
    Label elsewhere = plan.label(latest + " is not in /proc");
    plan.because("see that " + latest + " is not inside /proc", option);
    plan.call(Syscall.FSTATFS, value(TARGET), at(STATFS));
    plan.load(FILESYSTEM, STATFS, 0, 8);
    plan.branch(FILESYSTEM, Condition.NOT_EQUAL, PROC_SUPER_MAGIC, elsewhere);
    plan.mark(plan.label("refuse " + latest));
    plan.because("refuse to mount on " + latest + ", which is inside /proc", option);
    // Which this call can't enter: the procfs is a mount in the root.
    open(Slot.UNUSED, latest, new OnError.Abort(), or(RESOLVE_NO_XDEV, RESOLVE_IN_ROOT));
    plan.mark(elsewhere);
    plan.because(why, option);
  }

  /// Appends the step that opens the latest path again, to see what was mounted on it meanwhile.
  void reopen(Slot into) {
    openAgain("open ", into, latest);
  }

  /// Appends the steps after which [#TARGET] names the path, or that go elsewhere if it is missing.
  void openOrSkip(String path, Label skip) {
    links = Symlinks.FOLLOWED;
    latest = path;
    Label missing = plan.label("no " + path);
    Label there = plan.label(path + " is there");
    EnumSet<Errno> errnos = EnumSet.of(Errno.ENOENT, Errno.ENOTDIR, Errno.EAGAIN);
    Label again = plan.label("open " + path);
    plan.mark(again);
    openIn(TARGET, path, new OnError.Divert(errnos, missing));
    plan.jump(there);
    plan.mark(missing);
    plan.branch(TARGET, Condition.EQUAL, -Errno.EAGAIN.number(), again);
    plan.jump(skip);
    plan.mark(there);
  }

  private void make(String path, Kind kind) {
    List<String> names = names(path);
    Slot parent = RootfsPlanner.ROOT;
    StringBuilder prefix = new StringBuilder();
    for (int i = 0; i < names.size(); i++) {
      Operand name = text(names.get(i));
      boolean last = i == names.size() - 1;
      if (last && kind == Kind.FILE) {
        plan.tolerate(Errno.EEXIST, Syscall.MKNODAT, value(parent), name, regularFile());
      } else {
        plan.tolerate(Errno.EEXIST, Syscall.MKDIRAT, value(parent), name, mode(0755));
      }
      prefix.append('/').append(names.get(i));
      openAgain("made ", TARGET, prefix.toString());
      parent = TARGET;
    }
  }

  /// A path with `..`, an image's link for instance, is refused if anything is renamed or mounted
  /// on the machine in that moment: the kernel can't tell whether the path stayed inside (EAGAIN;
  /// openat2(2)). The next moment is another.
  private void openAgain(String what, Slot into, String path) {
    Label again = plan.label(what + path);
    plan.mark(again);
    openIn(into, path, new OnError.Divert(EnumSet.of(Errno.EAGAIN), again));
  }

  private void openIn(Slot into, String path, OnError onError) {
    Num inside =
        switch (links) {
          case FOLLOWED -> or(RESOLVE_NO_MAGICLINKS, RESOLVE_IN_ROOT);
          case REFUSED -> or(RESOLVE_NO_MAGICLINKS, NO_SYMLINKS, RESOLVE_IN_ROOT);
        };
    open(into, path, onError, inside);
  }

  private void open(Slot into, String path, OnError onError, Num resolve) {
    String relative = String.join("/", names(path));
    plan.call(
        into,
        onError,
        Syscall.OPENAT2,
        value(RootfsPlanner.ROOT),
        text(relative.isEmpty() ? "." : relative),
        openHow(or(O_RDONLY, O_CLOEXEC, O_PATH), resolve),
        num(24));
  }

  static Num regularFile() {
    return new Num(S_IFREG | 0644, "S_IFREG|0644");
  }

  private static List<String> names(String path) {
    List<String> names = new ArrayList<>();
    int start = 0;
    while (start < path.length()) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      String name = path.substring(start, end);
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
      start = end + 1;
    }
    return names;
  }
}
