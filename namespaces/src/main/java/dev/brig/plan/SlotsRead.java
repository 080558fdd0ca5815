package dev.brig.plan;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Finds the slots whose values a plan uses: a result that nobody reads need not be shown.
final class SlotsRead {
  private final Set<Slot> read = new HashSet<>();

  private SlotsRead() {}

  /// Returns the slots that some step of a plan reads, or lets the kernel read.
  static Set<Slot> of(Plan plan) {
    SlotsRead found = new SlotsRead();
    for (Step step : plan.steps()) {
      found.step(step.op());
    }
    return Set.copyOf(found.read);
  }

  private void step(Op op) {
    switch (op) {
      case Op.Call call -> operands(call.arguments());
      case Op.Branch branch -> read.add(branch.slot());
      case Op.LoadAt load -> read.add(load.offsetBytes());
      case Op.Store store -> read.add(store.source());
      case Op.Peek peek -> read.add(peek.address());
      case Op.Poke poke -> {
        read.add(poke.source());
        read.add(poke.address());
      }
      case Op.Copy copy -> {
        read.add(copy.target());
        read.add(copy.source());
      }
      case Op.Assign assign -> operand(assign.value());
      case Op.Compute compute -> {
        read.add(compute.left());
        operand(compute.right());
      }
      case Op.Load _, Op.Mark _, Op.Jump _, Op.Guard _ -> {}
    }
  }

  private void operands(List<Operand> operands) {
    for (Operand operand : operands) {
      operand(operand);
    }
  }

  private void operand(Operand operand) {
    switch (operand) {
      case Operand.Value value -> read.add(value.slot());
      case Operand.SlotAddress address -> read.add(address.slot());
      case Operand.BufferAt at -> read.add(at.offsetBytes());
      case Operand.Format format -> operands(format.pieces());
      case Operand.FormatLength length -> operand(length.format());
      case Operand.StepText text -> read.add(text.call());
      case Operand.StepTextLength length -> read.add(length.call());
      case Operand.ErrnoText text -> read.add(text.errno());
      case Operand.ErrnoTextLength length -> read.add(length.errno());
      case Operand.Array array -> operands(array.elements());
      case Operand.Address address -> operand(address.target());
      case Operand.Struct struct -> {
        for (Operand.Field field : struct.fields()) {
          operand(field.value());
        }
      }
      case Operand.Num _,
          Operand.Text _,
          Operand.Data _,
          Operand.BufferAddress _,
          Operand.Environment _ -> {}
    }
  }
}
