import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/// `equals`, `hashCode` and `toString` of a record, over its fields; `ObjectMethods`.
final class RecordMethod {
  private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
  private static final ClassDesc BUILDER = ClassDesc.of("java.lang.StringBuilder");

  private RecordMethod() {}

  /// A component.
  private record Field(String name, ClassDesc type) {
    /// Arrays have `Object`'s methods; primitives those of their boxes.
    ClassDesc box() {
      return switch (type.descriptorString()) {
        case "Z" -> ConstantDescs.CD_Boolean;
        case "B" -> ConstantDescs.CD_Byte;
        case "C" -> ConstantDescs.CD_Character;
        case "S" -> ConstantDescs.CD_Short;
        case "I" -> ConstantDescs.CD_Integer;
        case "J" -> ConstantDescs.CD_Long;
        case "F" -> ConstantDescs.CD_Float;
        case "D" -> ConstantDescs.CD_Double;
        default -> throw new IllegalArgumentException(type.displayName());
      };
    }
  }

  static boolean isExpandable(Bootstraps.Call call) {
    return call.isMadeBy("java/lang/runtime/ObjectMethods", "bootstrap");
  }

  static void write(CodeBuilder code, Bootstraps.Call call) {
    ClassDesc type = (ClassDesc) call.arguments().getFirst();
    List<Field> fields = new ArrayList<>();
    for (var argument : call.arguments().subList(2, call.arguments().size())) {
      DirectMethodHandleDesc getter = (DirectMethodHandleDesc) argument;
      fields.add(new Field(getter.methodName(), getter.invocationType().returnType()));
    }
    switch (call.name()) {
      case "equals" -> writeEquals(code, type, fields);
      case "hashCode" -> writeHashCode(code, type, fields);
      case "toString" -> writeToString(code, type, fields);
      default -> throw new IllegalArgumentException(call.name());
    }
  }

  private static void writeEquals(CodeBuilder code, ClassDesc type, List<Field> fields) {
    Label different = code.newLabel();
    code.aload(1).instanceOf(type).ifeq(different);
    for (Field field : fields) {
      code.aload(0).getfield(type, field.name(), field.type());
      code.aload(1).checkcast(type).getfield(type, field.name(), field.type());
      if (field.type().isPrimitive()) {
        // Of two floating numbers, equal are those that compare as such: NaN equals itself.
        MethodTypeDesc compare =
            MethodTypeDesc.of(ConstantDescs.CD_int, field.type(), field.type());
        code.invokestatic(field.box(), "compare", compare).ifne(different);
      } else {
        MethodTypeDesc equals =
            MethodTypeDesc.of(
                ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object);
        code.invokestatic(OBJECTS, "equals", equals).ifeq(different);
      }
    }
    code.iconst_1().ireturn().labelBinding(different).iconst_0().ireturn();
  }

  private static void writeHashCode(CodeBuilder code, ClassDesc type, List<Field> fields) {
    code.iconst_0();
    for (Field field : fields) {
      code.bipush(31).imul();
      code.aload(0).getfield(type, field.name(), field.type());
      boolean primitive = field.type().isPrimitive();
      ClassDesc owner = primitive ? field.box() : OBJECTS;
      ClassDesc value = primitive ? field.type() : ConstantDescs.CD_Object;
      code.invokestatic(owner, "hashCode", MethodTypeDesc.of(ConstantDescs.CD_int, value)).iadd();
    }
    code.ireturn();
  }

  private static void writeToString(CodeBuilder code, ClassDesc type, List<Field> fields) {
    code.new_(BUILDER).dup();
    code.invokespecial(BUILDER, ConstantDescs.INIT_NAME, MethodTypeDesc.of(ConstantDescs.CD_void));
    String name = type.displayName();
    String before = name.substring(name.lastIndexOf('$') + 1) + "[";
    for (Field field : fields) {
      append(code, before + field.name() + "=");
      code.aload(0).getfield(type, field.name(), field.type());
      ClassDesc value =
          switch (TypeKind.from(field.type())) {
            case REFERENCE -> ConstantDescs.CD_Object;
            case BYTE, SHORT -> ConstantDescs.CD_int;
            default -> field.type();
          };
      code.invokevirtual(BUILDER, "append", MethodTypeDesc.of(BUILDER, value));
      before = ", ";
    }
    append(code, fields.isEmpty() ? before + "]" : "]");
    code.invokevirtual(BUILDER, "toString", MethodTypeDesc.of(ConstantDescs.CD_String)).areturn();
  }

  private static void append(CodeBuilder code, String text) {
    code.loadConstant(text);
    code.invokevirtual(BUILDER, "append", MethodTypeDesc.of(BUILDER, ConstantDescs.CD_String));
  }
}
