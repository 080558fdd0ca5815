package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.ZERO;

import dev.brig.linux.Capability;
import dev.brig.linux.Syscall;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import java.util.List;

/// Sets the five capability sets of a process; capabilities(7).
final class CapabilityPlanner {
  private static final Num PR_CAPBSET_DROP = new Num(24, "PR_CAPBSET_DROP");
  private static final Num PR_CAP_AMBIENT = new Num(47, "PR_CAP_AMBIENT");
  private static final Num PR_CAP_AMBIENT_RAISE = new Num(2, "PR_CAP_AMBIENT_RAISE");
  private static final Num VERSION_3 = new Num(0x20080522, "_LINUX_CAPABILITY_VERSION_3");

  private final PlanBuilder plan;
  private final ProcessRequest.Privileges privileges;

  CapabilityPlanner(PlanBuilder plan, ProcessRequest.Privileges privileges) {
    this.plan = plan;
    this.privileges = privileges;
  }

  /// Appends one prctl(2) for each capability that is not to be had: the kernel takes no set.
  void dropBounding() {
    for (int capability = 0; capability <= privileges.lastCapability(); capability++) {
      if ((privileges.bounding() & (1L << capability)) == 0) {
        String name = name(capability);
        plan.because("give up " + name + " for good", "--cap-drop");
        plan.call(Syscall.PRCTL, PR_CAPBSET_DROP, new Num(capability, name));
      }
    }
  }

  /// Appends the call that sets permitted, effective and inheritable, and those that raise ambient
  /// ones.
  void set() {
    plan.because("keep only the capabilities that were granted", "--cap-add");
    Struct header =
        new Struct(List.of(new Field("version", 4, VERSION_3), new Field("pid", 4, ZERO)));
    Struct data =
        new Struct(
            List.of(
                word("effective", privileges.effective(), 0),
                word("permitted", privileges.permitted(), 0),
                word("inheritable", privileges.inheritable(), 0),
                word("effective", privileges.effective(), 32),
                word("permitted", privileges.permitted(), 32),
                word("inheritable", privileges.inheritable(), 32)));
    plan.call(Syscall.CAPSET, header, data);
    for (int capability = 0; capability <= privileges.lastCapability(); capability++) {
      if ((privileges.ambient() & (1L << capability)) != 0) {
        Num raised = new Num(capability, name(capability));
        plan.call(Syscall.PRCTL, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, raised, ZERO, ZERO);
      }
    }
  }

  private static Field word(String name, long set, int shift) {
    long bits = (set >>> shift) & 0xffffffffL;
    return new Field(name, 4, new Num(bits, "0x" + Long.toHexString(bits)));
  }

  private static String name(int capability) {
    return Capability.text(capability);
  }
}
