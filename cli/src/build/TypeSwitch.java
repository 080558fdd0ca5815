import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;

/// A `switch` over types as a chain of `instanceof`; `SwitchBootstraps.typeSwitch`.
final class TypeSwitch {
  private TypeSwitch() {}

  /// Tells whether the switch has types for labels and nothing else; enum constants and strings
  /// among them are rare, and stay with the JDK.
  static boolean isExpandable(Bootstraps.Call call) {
    return call.isMadeBy("java/lang/runtime/SwitchBootstraps", "typeSwitch")
        && call.arguments().stream().allMatch(ClassDesc.class::isInstance);
  }

  /// Writes the choice: -1 for null, else the number of the first fitting label from the given one
  /// on, else the number of labels.
  static void write(CodeBuilder code, Bootstraps.Call call) {
    Label present = code.newLabel();
    code.aload(0).ifnonnull(present).iconst_m1().ireturn().labelBinding(present);
    int number = 0;
    for (ConstantDesc label : call.arguments()) {
      Label next = code.newLabel();
      code.iload(1).loadConstant(number).if_icmpgt(next);
      code.aload(0).instanceOf((ClassDesc) label).ifeq(next);
      code.loadConstant(number).ireturn().labelBinding(next);
      number++;
    }
    code.loadConstant(number).ireturn();
  }
}
