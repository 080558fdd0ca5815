package dev.brig.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.FormatLength;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Text;
import dev.brig.plan.Operand.Value;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlanListingTest {
  private static final Slot FD = new Slot("fd");
  private static final Slot COUNT = new Slot("count");
  private static final Num AT_FDCWD = new Num(-100, "AT_FDCWD");
  private static final Num ZERO = new Num(0);

  private final PlanBuilder plan = new PlanBuilder();

  @Test
  void groupsNumberedCallsByProcessReasonAndLabel() {
    Label failed = new Label("failed");
    Label again = new Label("again");
    plan.add(new Op.Guard("brig", failed));
    plan.because("make the cgroup", "--memory");
    plan.call(FD, Syscall.OPENAT, AT_FDCWD, new Text("/sys/fs/cgroup"), ZERO);
    plan.tolerate(
        Errno.EEXIST, Syscall.MKDIRAT, new Value(FD), new Text("web"), new Num(0755, "0755"));
    plan.because("limit memory");
    plan.mark(again);
    plan.call(
        COUNT,
        new OnError.Divert(Set.of(Errno.EINTR, Errno.EPERM), failed),
        Syscall.READ,
        new Value(FD));
    plan.branch(COUNT, Condition.LESS, 3, again);
    plan.because("leave");
    plan.mark(failed);
    plan.add(new Op.Guard("last words", failed));
    plan.attempt(Syscall.EXIT_GROUP, ZERO);
    plan.jump(failed);

    String listing = PlanListing.of(plan.build());

    assertThat(listing)
        .isEqualTo(
            """
            brig
              # make the cgroup  (--memory)
                1  openat(AT_FDCWD, "/sys/fs/cgroup", 0) = <fd>
                2  mkdirat(<fd>, "web", 0755)  or EEXIST
              again:
              # limit memory
                3  read(<fd>) = <count>  on EPERM, EINTR go to failed
                   if <count> < 3 go to again
              failed:

            last words
              # leave
                4  exit_group(0)
            """);
  }

  @Test
  void breaksLongLinesBetweenArgumentsButNotWithinStrings() {
    Text part = new Text("one, two, \\\" three, four, five, six");
    plan.attempt(
        Syscall.EXECVE,
        new Operand.Array(List.of(part, part, new Text("x, ".repeat(40)), part, part)));

    String listing = PlanListing.of(plan.build());

    String shown = "\"one, two, \\\\\\\" three, four, five, six\"";
    assertThat(listing)
        .isEqualTo(
            "    1  execve(["
                + shown
                + ", "
                + shown
                + ",\n"
                + "           \""
                + "x, ".repeat(40)
                + "\",\n"
                + "           "
                + shown
                + ", "
                + shown
                + "])\n"
                + "           or any error\n");
  }

  @Test
  void showsTheResultsThatSomeStepReads() {
    Format format = new Format(List.of(new Value(FD)));
    plan.attempt(FD, Syscall.GETPID);
    plan.attempt(COUNT, Syscall.GETPPID);
    plan.attempt(Syscall.WRITE, new Num(1), format, new FormatLength(format));

    String listing = PlanListing.of(plan.build());

    assertThat(listing)
        .isEqualTo(
            """
                1  getpid() = <fd>  or any error
                2  getppid()  or any error
                3  write(1, "<fd>", <length>)  or any error
            """);
  }

  @Test
  void breaksLongListsOfFlags() {
    String flags = "|CLONE_NEWNS".repeat(9).substring(1);
    plan.call(Syscall.UNSHARE, new Num(0x20000, flags));

    String listing = PlanListing.of(plan.build());

    String line = "|CLONE_NEWNS".repeat(7).substring(1);
    assertThat(listing)
        .isEqualTo("    1  unshare(" + line + "|\n           CLONE_NEWNS|CLONE_NEWNS)\n");
  }

  @Test
  void neverShowsTheSlotForResultsThatMeanNothing() {
    plan.attempt(Syscall.GETPID);
    plan.branch(Slot.UNUSED, Condition.LESS, 0, new Label("end"));
    plan.mark(new Label("end"));

    String listing = PlanListing.of(plan.build());

    assertThat(listing).startsWith("    1  getpid()  or any error\n");
  }
}
