package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.RESOLVE_IN_ROOT;
import static dev.brig.namespaces.Abi.RESOLVE_NO_MAGICLINKS;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.openHow;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.MountRequest.Kind;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Operand;
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

  private final PlanBuilder plan;
  private String latest = "/";

  TargetPlanner(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the steps after which [#TARGET] names the path.
  void open(String path, Kind kind) {
    Label missing = plan.label("make " + path);
    Label there = plan.label(path + " is there");
    openIn(path, new OnError.Divert(EnumSet.of(Errno.ENOENT), missing));
    plan.jump(there);
    plan.mark(missing);
    make(path, kind);
    plan.mark(there);
  }

  /// Appends the step that opens the latest path again, to see what was mounted on it meanwhile.
  void reopen(Slot into) {
    openIn(into, latest, new OnError.Abort());
  }

  /// Appends the steps after which [#TARGET] names the path, or that go elsewhere if it is missing.
  void openOrSkip(String path, Label skip) {
    openIn(path, new OnError.Divert(EnumSet.of(Errno.ENOENT, Errno.ENOTDIR), skip));
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
      openIn(prefix.toString(), new OnError.Abort());
      parent = TARGET;
    }
  }

  private void openIn(String path, OnError onError) {
    latest = path;
    openIn(TARGET, path, onError);
  }

  private void openIn(Slot into, String path, OnError onError) {
    String relative = String.join("/", names(path));
    plan.call(
        into,
        onError,
        Syscall.OPENAT2,
        value(RootfsPlanner.ROOT),
        text(relative.isEmpty() ? "." : relative),
        openHow(or(O_RDONLY, O_CLOEXEC, O_PATH), or(RESOLVE_NO_MAGICLINKS, RESOLVE_IN_ROOT)),
        num(24));
  }

  static Operand.Num regularFile() {
    return new Operand.Num(S_IFREG | 0644, "S_IFREG|0644");
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
