package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.cgroups.DeviceProgram;
import dev.brig.linux.Syscall;
import dev.brig.plan.Operand.Data;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.List;

/// Makes the steps that put device rules in force on cgroup v2, which has no file for them: a
/// program for the kernel is loaded and attached to the container's cgroup; bpf(2),
/// Documentation/admin-guide/cgroup-v2.rst, "Device controller".
final class DeviceSteps {
  private static final String OPTION = "--device-cgroup-rule";
  private static final Num BPF_PROG_LOAD = new Num(5, "BPF_PROG_LOAD");
  private static final Num BPF_PROG_ATTACH = new Num(8, "BPF_PROG_ATTACH");
  private static final Num TYPE =
      new Num(DeviceProgram.PROGRAM_TYPE, "BPF_PROG_TYPE_CGROUP_DEVICE");
  private static final Num ATTACH_TYPE = new Num(DeviceProgram.ATTACH_TYPE, "BPF_CGROUP_DEVICE");
  private static final Num ATTACH_FLAGS = new Num(DeviceProgram.ATTACH_FLAGS, "BPF_F_ALLOW_MULTI");

  /// What bpftool(8) lists the program by: "brig" as the first four of 16 bytes.
  private static final Num NAME = new Num(0x67697262L, "\"brig\"");

  private static final Num NO_VERSION = new Num(0, "KERNEL_VERSION(0, 0, 0)");

  private static final int LOAD_BYTES = 72;
  private static final int ATTACH_BYTES = 16;

  private final PlanBuilder plan;

  DeviceSteps(PlanBuilder plan) {
    this.plan = plan;
  }

  /// Appends the steps for one program. The cgroup keeps it in force until it is removed.
  ///
  /// @param program decides about each access to a device
  /// @param cgroup the container's directory in the unified hierarchy
  void enforce(DeviceProgram program, String cgroup) {
    Slot loaded = new Slot("programfd");
    Slot directory = new Slot("cgroupfd");
    plan.because("load the program that decides about devices", OPTION);
    plan.call(loaded, Syscall.BPF, BPF_PROG_LOAD, load(program), num(LOAD_BYTES));
    plan.because("put the cgroup " + cgroup + " under it", OPTION);
    Num flags = or(O_RDONLY, O_CLOEXEC, O_PATH);
    plan.call(directory, Syscall.OPENAT, AT_FDCWD, text(cgroup), flags);
    Struct attachment =
        new Struct(
            List.of(
                new Field("target_fd", 4, value(directory)),
                new Field("attach_bpf_fd", 4, value(loaded)),
                new Field("attach_type", 4, ATTACH_TYPE),
                new Field("attach_flags", 4, ATTACH_FLAGS)));
    plan.call(Syscall.BPF, BPF_PROG_ATTACH, attachment, num(ATTACH_BYTES));
    plan.call(Syscall.CLOSE, value(directory));
    plan.call(Syscall.CLOSE, value(loaded));
  }

  private static Struct load(DeviceProgram program) {
    Data instructions =
        new Data(program.instructions(), "[/* " + program.count() + " instructions */]");
    return new Struct(
        List.of(
            new Field("prog_type", 4, TYPE),
            new Field("insn_cnt", 4, num(program.count())),
            new Field("insns", 8, instructions),
            new Field("license", 8, text("Apache-2.0")),
            new Field("log_level", 4, ZERO),
            new Field("log_size", 4, ZERO),
            new Field("log_buf", 8, NULL),
            new Field("kern_version", 4, NO_VERSION),
            new Field("prog_flags", 4, ZERO),
            new Field("prog_name", 8, NAME),
            new Field("", 8, ZERO),
            new Field("prog_ifindex", 4, ZERO),
            new Field("expected_attach_type", 4, ATTACH_TYPE)));
  }
}
