package dev.brig.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Condition;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Step;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class GuestDevicesTest {
  private static List<Op> ops() {
    PlanBuilder plan = new PlanBuilder();
    new GuestDevices(plan).loadDrivers(List.of(new GuestPlanner.Module("/m/a.ko", "")));
    return plan.build().steps().stream().map(Step::op).toList();
  }

  private static boolean isCall(Op op, Syscall syscall) {
    return op instanceof Op.Call call && call.syscall() == syscall;
  }

  @Test
  void loadsADriverAgainThatTheKernelIsStillUnpacking() {
    List<Op> ops = ops();
    int load =
        IntStream.range(0, ops.size())
            .filter(i -> isCall(ops.get(i), Syscall.FINIT_MODULE))
            .findFirst()
            .orElseThrow();

    assertThat(((Op.Call) ops.get(load)).onError())
        .isInstanceOfSatisfying(
            OnError.Tolerate.class,
            tolerate ->
                assertThat(tolerate.errnos())
                    .containsExactlyInAnyOrder(Errno.EEXIST, Errno.ETXTBSY));
    assertThat(ops.get(load + 1))
        .isInstanceOfSatisfying(
            Op.Branch.class,
            branch -> {
              assertThat(branch.condition()).isEqualTo(Condition.NOT_EQUAL);
              assertThat(branch.number()).isEqualTo(-Errno.ETXTBSY.number());
              assertThat(ops.indexOf(new Op.Mark(branch.label()))).isGreaterThan(load + 3);
            });
    assertThat(isCall(ops.get(load + 2), Syscall.NANOSLEEP)).isTrue();
    assertThat(ops.get(load + 3))
        .isInstanceOfSatisfying(
            Op.Jump.class,
            jump -> assertThat(ops.get(load - 1)).isEqualTo(new Op.Mark(jump.label())));
  }
}
