import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Replaces what javac leaves to the time when a program runs by methods of the class itself.
///
/// For a `switch` over types and for the methods of records, javac emits calls whose targets the
/// JDK makes when they are first reached: a class for each, half a millisecond, and no archive of
/// classes can hold those. The methods made here do the same and are archived with their class.
final class Bootstraps {
  private final ClassModel model;
  private final Map<Call, String> methods = new LinkedHashMap<>();

  private Bootstraps(ClassModel model) {
    this.model = model;
  }

  /// What one or more places of a class call.
  ///
  /// @param bootstrap the method that would make the target
  /// @param name what it is told to make
  /// @param type what the target takes and returns
  /// @param arguments what else it is told
  record Call(
      DirectMethodHandleDesc bootstrap,
      String name,
      MethodTypeDesc type,
      List<ConstantDesc> arguments) {
    static Call of(InvokeDynamicInstruction instruction) {
      return new Call(
          instruction.bootstrapMethod(),
          instruction.name().stringValue(),
          instruction.typeSymbol(),
          instruction.bootstrapArgs());
    }

    boolean isMadeBy(String owner, String method) {
      return bootstrap.owner().descriptorString().equals("L" + owner + ";")
          && bootstrap.methodName().equals(method);
    }
  }

  /// Returns the class file with such calls expanded, or as it is if it has none.
  static byte[] expand(ClassFile reader, byte[] classFile) {
    Bootstraps bootstraps = new Bootstraps(reader.parse(classFile));
    ClassTransform replace =
        ClassTransform.transformingMethodBodies(
                (code, element) -> {
                  if (element instanceof InvokeDynamicInstruction instruction
                      && bootstraps.isExpandable(Call.of(instruction))) {
                    bootstraps.callInstead(code, Call.of(instruction));
                  } else {
                    code.with(element);
                  }
                })
            .andThen(ClassTransform.endHandler(bootstraps::addMethods));
    byte[] expanded = reader.transformClass(bootstraps.model, replace);
    return bootstraps.methods.isEmpty() ? classFile : expanded;
  }

  private boolean isExpandable(Call call) {
    return TypeSwitch.isExpandable(call) || RecordMethod.isExpandable(call);
  }

  private void callInstead(CodeBuilder code, Call call) {
    String name = methods.computeIfAbsent(call, _ -> call.name() + "$" + methods.size());
    boolean isInterface = (model.flags().flagsMask() & ClassFile.ACC_INTERFACE) != 0;
    code.invokestatic(model.thisClass().asSymbol(), name, call.type(), isInterface);
  }

  private void addMethods(ClassBuilder type) {
    int flags = ClassFile.ACC_PRIVATE | ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC;
    methods.forEach((call, name) -> type.withMethodBody(name, call.type(), flags, body(call)));
  }

  private static Consumer<CodeBuilder> body(Call call) {
    return code -> {
      if (TypeSwitch.isExpandable(call)) {
        TypeSwitch.write(code, call);
      } else {
        RecordMethod.write(code, call);
      }
    };
  }
}
