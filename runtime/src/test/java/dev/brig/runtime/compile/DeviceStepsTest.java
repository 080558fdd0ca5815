package dev.brig.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.cgroups.DeviceProgram;
import dev.brig.cgroups.DeviceRule;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.Abi;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.PlanText;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeviceStepsTest {
  private static final DeviceProgram PROGRAM = DeviceProgram.of(DeviceRule.defaults());

  @Test
  void loadsTheProgramAndAttachesItToTheCgroupAsStraceWritesIt() {
    PlanBuilder plan = new PlanBuilder();

    new DeviceSteps(plan).enforce(PROGRAM, "/sys/fs/cgroup/brig/c");
    plan.attempt(Syscall.EXIT_GROUP, Abi.ZERO);

    List<String> calls =
        plan.build().calls().stream().map(step -> PlanText.text(step.op())).toList();
    assertThat(calls)
        .startsWith(
            "bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_CGROUP_DEVICE, insn_cnt="
                + PROGRAM.count()
                + ", insns=[/* "
                + PROGRAM.count()
                + " instructions */], license=\"Apache-2.0\", log_level=0, log_size=0, log_buf=NULL,"
                + " kern_version=KERNEL_VERSION(0, 0, 0), prog_flags=0, prog_name=\"brig\","
                + " prog_ifindex=0, expected_attach_type=BPF_CGROUP_DEVICE}, 72)",
            "openat(AT_FDCWD, \"/sys/fs/cgroup/brig/c\", O_RDONLY|O_CLOEXEC|O_PATH)",
            "bpf(BPF_PROG_ATTACH, {target_fd=<cgroupfd>, attach_bpf_fd=<programfd>,"
                + " attach_type=BPF_CGROUP_DEVICE, attach_flags=BPF_F_ALLOW_MULTI}, 16)",
            "close(<cgroupfd>)",
            "close(<programfd>)");
  }
}
