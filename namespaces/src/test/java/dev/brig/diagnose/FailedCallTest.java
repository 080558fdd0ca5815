package dev.brig.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.diagnose.FailedCall.Side;
import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Text;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailedCallTest {

  @Test
  void readsStringsAsPlansWriteThem() {
    List<String> texts =
        CallTexts.of(
            "execve(\"/bin/a\\\"\\\\b\\n\\303\\244\\0011\", [\"x\", \"y\"], {a=\"z\"}, \"t\")");

    assertThat(texts).containsExactly("/bin/a\"\\b\nä\0011", "t");
  }

  @Test
  void takesTheTypeOfAFilesystemFromTheReason() {
    FailedCall call = FailedCall.parse("mount proc on /proc", "fsmount(<fsfd>, 0, 0)", Errno.EPERM);

    assertThat(call.syscall()).isEqualTo(Syscall.FSMOUNT);
    assertThat(call.mentions("proc")).isTrue();
    assertThat(call.subject().side()).isEqualTo(Side.HOST);
  }

  @Test
  void knowsTheContainersSideByTheCall() {
    assertThat(
            FailedCall.parse("execute /bin/sh", "execve(\"/bin/sh\", [], environ)", Errno.ENOENT)
                .subject())
        .isEqualTo(
            new FailedCall.Subject(
                List.of("/bin/sh"), List.of("execute", "/bin/sh"), Side.CONTAINER));
  }

  @Test
  void takesTheStringsOfTheSamePurposeFromThePlan() {
    PlanBuilder builder = new PlanBuilder();
    builder.because("make a place");
    builder.call(Syscall.MKDIRAT, new Num(-100, "AT_FDCWD"), new Text("/elsewhere"), new Num(0));
    builder.because("mount proc on /proc");
    builder.call(Syscall.FSOPEN, new Text("proc"), new Num(0));
    builder.call(Syscall.FSMOUNT, new Num(3), new Num(0), new Num(0));
    builder.because("move into the new root");
    builder.call(Syscall.PIVOT_ROOT, new Text("."), new Text("."));
    builder.call(Syscall.CHDIR, new Text("/srv"));
    Plan plan = builder.build();

    FailedCall mount = FailedCall.of(plan, 2, Errno.EPERM);
    FailedCall change = FailedCall.of(plan, 4, Errno.ENOENT);

    assertThat(mount.subject())
        .isEqualTo(new FailedCall.Subject(List.of(), List.of("proc"), Side.HOST));
    assertThat(change.subject())
        .isEqualTo(new FailedCall.Subject(List.of("/srv"), List.of(".", "."), Side.CONTAINER));
    assertThat(mount.call()).isEqualTo("fsmount(3, 0, 0)");
  }
}
