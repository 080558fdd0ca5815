package dev.brig.runtime.attack;

import static dev.brig.namespaces.Abi.AT_EMPTY_PATH;
import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What an attack writes its calls with. A call that fails ends the attack as blocked, unless it is
/// made in another way.
public final class AttackSteps {
  // st_dev and st_ino are the first two fields of struct stat on every 64-bit machine.
  private static final int INODE_OFFSET = 8;
  private static final int PARENTS = 64;

  private static final Buffer STAT = new Buffer("stat", 256);
  private static final Buffer SECRET = new Buffer("secret", 64);
  private static final Slot DEVICE = new Slot("st_dev");
  private static final Slot INODE = new Slot("st_ino");
  private static final Slot FOUND = new Slot("found");
  private static final Slot COUNT = new Slot("count");

  private final PlanBuilder plan;
  private final AttackFacts facts;
  private final KernelSteps kernel;
  private final int index;
  private final List<String> remarks;

  AttackSteps(
      PlanBuilder plan, AttackFacts facts, KernelSteps kernel, int index, List<String> remarks) {
    this.plan = plan;
    this.facts = facts;
    this.kernel = kernel;
    this.index = index;
    this.remarks = remarks;
  }

  /// Returns what is written with otherwise.
  PlanBuilder plan() {
    return plan;
  }

  /// Returns what is known of the machine.
  AttackFacts facts() {
    return facts;
  }

  /// Makes a call that is refused to whoever may not make it.
  void call(Syscall syscall, Operand... arguments) {
    plan.call(syscall, arguments);
  }

  /// Makes a call that is refused to whoever may not make it, and keeps its result.
  Slot call(Slot result, Syscall syscall, Operand... arguments) {
    return plan.call(result, syscall, arguments);
  }

  /// Makes a call with an argument that cannot be right, which the kernel finds out only after it
  /// has let the caller make it: so nothing comes of it, whoever makes it.
  ///
  /// @param allowed what the kernel says then
  void probe(Set<Errno> allowed, Syscall syscall, Operand... arguments) {
    plan.call(Slot.UNUSED, new OnError.Tolerate(allowed), syscall, arguments);
  }

  /// The same with one answer.
  void probe(Errno allowed, Syscall syscall, Operand... arguments) {
    probe(EnumSet.of(allowed), syscall, arguments);
  }

  /// Ends the attack: it got through, unless it was a kernel of the container's own that let it.
  ///
  /// @param why what shows it
  void through(String why) {
    Label own = plan.label("kernel of its own");
    kernel.ifOwn(own);
    end(AttackPlan.THROUGH, why);
    if (facts.host().isPresent()) {
      plan.mark(own);
      end(
          AttackPlan.ELSEWHERE,
          "allowed, by a kernel of its own, " + AttackPlan.RELEASE + ", not by the host's");
    }
  }

  /// Ends the attack: it got through, and what it reached is the machine's, whoever answers.
  ///
  /// @param why what shows it
  void reached(String why) {
    end(AttackPlan.THROUGH, why);
  }

  /// Ends the attack: nothing was refused, but what it reached is the container's own.
  ///
  /// @param why what it reached
  void held(String why) {
    end(AttackPlan.HELD, why);
  }

  /// Ends the attack: the call whose number is in [Plan#FAILED_STEP] was refused.
  ///
  /// @param result what that call has returned, a negative errno
  void refused(Slot result) {
    plan.add(new Op.Assign(Plan.FAILED_ERRNO, ZERO));
    plan.add(
        new Op.Compute(Plan.FAILED_ERRNO, Plan.FAILED_ERRNO, Arithmetic.SUBTRACT, value(result)));
    AttackPlanner.write(plan, index, AttackPlan.BLOCKED, Plan.FAILED_STEP, Plan.FAILED_ERRNO);
    AttackPlanner.exit(plan, 0);
  }

  /// Ends the attack: what it is about is not here, which says nothing, unless it is a kernel of
  /// the container's own that has none.
  ///
  /// @param what what there is none of
  void lacking(String what) {
    Label own = plan.label("kernel of its own");
    kernel.ifOwn(own);
    undecided("the node could be made, but no " + what + " is here");
    if (facts.host().isPresent()) {
      plan.mark(own);
      end(AttackPlan.ELSEWHERE, "a kernel of its own, " + AttackPlan.RELEASE + ", has no " + what);
    }
  }

  /// Ends the attack: it says nothing.
  ///
  /// @param why what it lacked
  void undecided(String why) {
    end(AttackPlan.UNDECIDED, why);
  }

  private void end(String letter, String remark) {
    int number = remarks.indexOf(remark);
    if (number < 0) {
      number = remarks.size();
      remarks.add(remark);
    }
    AttackPlanner.write(plan, index, letter, number);
    AttackPlanner.exit(plan, 0);
  }

  /// Opens a file that exists on the machine, in this way; one that the machine lacks ends the
  /// attack undecided.
  Slot open(String path, Num flags) {
    if (facts.absent().contains(path)) {
      undecided("this machine itself has no " + path);
    }
    return call(new Slot("fd"), Syscall.OPENAT, AT_FDCWD, text(path), flags);
  }

  /// Goes up as far as it goes.
  void climb() {
    Label again = plan.label("up");
    plan.add(new Op.Assign(COUNT, ZERO));
    plan.mark(again);
    plan.call(Syscall.CHDIR, text(".."));
    plan.add(new Op.Compute(COUNT, COUNT, Arithmetic.ADD, num(1)));
    plan.branch(COUNT, Condition.LESS, PARENTS, again);
  }

  /// Goes to a label unless the directory is the machine's root.
  void unlessHostRoot(String path, Label label) {
    unlessHostRoot(AT_FDCWD, path, ZERO, label);
  }

  /// Goes to a label unless the open directory is the machine's root.
  void unlessHostRoot(Slot fd, Label label) {
    unlessHostRoot(value(fd), "", AT_EMPTY_PATH, label);
  }

  private void unlessHostRoot(Operand directory, String path, Operand flags, Label label) {
    Label other = plan.label("another kernel's numbers");
    Label root = plan.label("the host's root");
    kernel.ifOwn(other);
    plan.attempt(FOUND, Syscall.NEWFSTATAT, directory, text(path), at(STAT), flags);
    plan.branch(FOUND, Condition.LESS, 0, label);
    plan.load(DEVICE, STAT, 0, 8);
    plan.load(INODE, STAT, INODE_OFFSET, 8);
    plan.branch(DEVICE, Condition.NOT_EQUAL, facts.root().device(), label);
    plan.branch(INODE, Condition.NOT_EQUAL, facts.root().inode(), label);
    if (facts.host().isPresent()) {
      plan.jump(root);
      plan.mark(other);
      kernel.unlessHostBelow(directory, path.isEmpty() ? "." : path, label);
      plan.mark(root);
    }
  }

  /// Ends the attack, by whether this directory is the machine's root.
  ///
  /// @param otherwise what it is if not
  void judgeRoot(String path, String otherwise) {
    Label own = plan.label("no host root");
    unlessHostRoot(path, own);
    tellSecret(path);
    reached("the directory reached is the host's root");
    plan.mark(own);
    held(otherwise);
  }

  /// Copies the secret outside to standard output, below the root that was reached.
  private void tellSecret(String path) {
    if (facts.secret().isEmpty()) {
      return;
    }
    Slot fd = new Slot("secretfd");
    Slot count = new Slot("length of secret");
    Label none = plan.label("no secret");
    String place = path.equals("/") ? facts.secret() : path + facts.secret();
    plan.attempt(fd, Syscall.OPENAT, AT_FDCWD, text(place), O_RDONLY);
    plan.branch(fd, Condition.LESS, 0, none);
    plan.attempt(count, Syscall.READ, value(fd), at(SECRET), num(SECRET.sizeBytes()));
    plan.branch(count, Condition.LESS, 0, none);
    String word = AttackPlan.SECRET;
    plan.attempt(Syscall.WRITE, num(1), text(word), num(Operand.length(word)));
    plan.attempt(Syscall.WRITE, num(1), at(SECRET), value(count));
    plan.attempt(Syscall.WRITE, num(1), text("\n"), num(1));
    plan.mark(none);
  }

  /// Ends the attack, by whether the namespace is the machine's.
  ///
  /// @param name the namespace's file in /proc/PID/ns
  /// @param done what the attack has been allowed to do
  void judgeNamespace(String name, String done) {
    Label own = plan.label("namespace of its own");
    Label unknown = plan.label("namespace unknown");
    Label other = plan.label("another kernel's namespace");
    kernel.ifOwn(other);
    plan.attempt(
        FOUND, Syscall.NEWFSTATAT, AT_FDCWD, text("/proc/self/ns/" + name), at(STAT), ZERO);
    plan.branch(FOUND, Condition.LESS, 0, unknown);
    plan.load(INODE, STAT, INODE_OFFSET, 8);
    plan.branch(INODE, Condition.NOT_EQUAL, facts.namespaces().getOrDefault(name, 0L), own);
    reached(done + ", in the host's " + name + " namespace");
    plan.mark(own);
    held(done + " only in a " + name + " namespace of its own");
    plan.mark(unknown);
    undecided(done + ", but there is no /proc that says where");
    if (facts.host().isPresent()) {
      plan.mark(other);
      if (kernel.shares(name)) {
        reached(done + ", and works in the host's " + name + " namespace");
      } else {
        through(done);
      }
    }
  }
}
