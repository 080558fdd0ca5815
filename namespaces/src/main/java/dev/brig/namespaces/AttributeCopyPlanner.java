package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Makes the steps that copy the extended attributes of an open file, as far as the filesystem and
/// the rights of the process allow: xattr(7).
final class AttributeCopyPlanner {
  private static final Buffer NAMES = new Buffer("attribute names", 4096);
  private static final Buffer VALUE = new Buffer("attribute", 16384);
  private static final Slot LENGTH = new Slot("names length");
  private static final Slot SIZE = new Slot("attribute size");
  private static final Slot AT = new Slot("attribute name");
  private static final Slot LETTER = new Slot("letter");
  private static final Slot LEFT = new Slot("names left");

  private final PlanBuilder plan;

  AttributeCopyPlanner(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the copying.
  void copy(Slot source, Slot target) {
    Label name = plan.label("copy an attribute");
    Label letter = plan.label("find the next name");
    Label failed = plan.label("attribute can't be had");
    Label done = plan.label("attributes copied");
    Operand room = num(NAMES.sizeBytes());
    plan.attempt(LENGTH, Syscall.FLISTXATTR, value(source), at(NAMES), room);
    plan.add(new Op.Assign(AT, ZERO));
    plan.mark(name);
    plan.add(new Op.Compute(LEFT, LENGTH, Arithmetic.SUBTRACT, value(AT)));
    plan.branch(LEFT, Condition.LESS, 1, done);
    Operand current = new Operand.BufferAt(NAMES, AT);
    Operand most = num(VALUE.sizeBytes());
    plan.attempt(SIZE, Syscall.FGETXATTR, value(source), current, at(VALUE), most);
    plan.branch(SIZE, Condition.LESS, 0, failed);
    plan.attempt(Syscall.FSETXATTR, value(target), current, at(VALUE), value(SIZE), ZERO);
    plan.mark(failed);
    plan.mark(letter);
    plan.add(new Op.LoadAt(LETTER, NAMES, AT, 1));
    plan.add(new Op.Compute(AT, AT, Arithmetic.ADD, num(1)));
    plan.branch(LETTER, Condition.NOT_EQUAL, 0, letter);
    plan.jump(name);
    plan.mark(done);
  }
}
