package dev.brig.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.Machine;
import dev.brig.linux.Syscall;
import dev.brig.plan.Buffer;
import dev.brig.plan.OnError;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Address;
import dev.brig.plan.Operand.Array;
import dev.brig.plan.Operand.BufferAddress;
import dev.brig.plan.Operand.Data;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.FormatLength;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.SlotAddress;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.Operand.Text;
import dev.brig.plan.Operand.Value;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanText;
import dev.brig.plan.Slot;
import dev.brig.plan.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Holds the text of calls against what strace makes of the same calls.
final class StraceTest {
  private static final String STRACE = "/usr/bin/strace";
  private static final Num NONE = new Num(-1);
  private static final Num NULL = new Num(0, "NULL");
  private static final Num ZERO = new Num(0);
  private static final Num AT_EMPTY_PATH = new Num(0x1000, "AT_EMPTY_PATH");
  private static final Num AT_FDCWD = new Num(-100, "AT_FDCWD");
  private static final Text NOWHERE = new Text("/nonexistent/brig");
  private static final Slot FD = new Slot("fd");

  private final TestPlan plan = new TestPlan();

  @TempDir Path directory;

  @Test
  void writesCallsOnFilesAndOldMountsAsStraceDoes() throws IOException {
    call(
        Syscall.OPENAT,
        AT_FDCWD,
        new Text("/none\"\\\t\n\1\0012é"),
        flags(0x80000, "O_RDONLY|O_CLOEXEC"));
    call(
        Syscall.OPENAT2,
        NONE,
        NOWHERE,
        openHow(flags(0x280000, "O_RDONLY|O_CLOEXEC|O_PATH"), ZERO, flags(16, "RESOLVE_IN_ROOT")),
        new Num(24));
    call(
        Syscall.OPENAT2,
        NONE,
        NOWHERE,
        openHow(flags(0x41, "O_WRONLY|O_CREAT"), flags(0644, "0644"), ZERO),
        new Num(24));
    call(Syscall.MKDIRAT, AT_FDCWD, NOWHERE, flags(0755, "0755"));
    call(
        Syscall.MKNODAT,
        NONE,
        new Text("null"),
        flags(020666, "S_IFCHR|0666"),
        flags(0x103, "makedev(0x1, 0x3)"));
    call(
        Syscall.MOUNT,
        new Text("proc"),
        NOWHERE,
        new Text("proc"),
        flags(6, "MS_NOSUID|MS_NODEV"),
        NULL);
    call(Syscall.UMOUNT2, NOWHERE, flags(2, "MNT_DETACH"));
    call(Syscall.PIVOT_ROOT, NOWHERE, NOWHERE);

    assertStraceAgrees();
  }

  @Test
  void writesCallsOfTheMountInterfaceAsStraceDoes() throws IOException {
    call(
        Syscall.FSCONFIG,
        NONE,
        flags(1, "FSCONFIG_SET_STRING"),
        new Text("source"),
        new Text("proc"),
        ZERO);
    call(Syscall.FSCONFIG, NONE, flags(6, "FSCONFIG_CMD_CREATE"), NULL, NULL, ZERO);
    call(
        Syscall.FSMOUNT,
        NONE,
        flags(1, "FSMOUNT_CLOEXEC"),
        flags(14, "MOUNT_ATTR_NOSUID|MOUNT_ATTR_NODEV|MOUNT_ATTR_NOEXEC"));
    call(
        Syscall.MOVE_MOUNT,
        NONE,
        new Text(""),
        NONE,
        new Text(""),
        flags(0x44, "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH"));
    call(
        Syscall.OPEN_TREE,
        NONE,
        new Text(""),
        flags(0x89001, "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH|AT_RECURSIVE"));
    call(
        Syscall.MOUNT_SETATTR,
        NONE,
        new Text(""),
        flags(0x9000, "AT_EMPTY_PATH|AT_RECURSIVE"),
        struct(
            field("attr_set", 8, flags(1, "MOUNT_ATTR_RDONLY")),
            field("attr_clr", 8, ZERO),
            field("propagation", 8, flags(0x40000, "MS_PRIVATE")),
            field("userns_fd", 8, ZERO)),
        new Num(32));
    call(Syscall.FCHOWNAT, NONE, new Text(""), ZERO, new Num(-1), AT_EMPTY_PATH);
    call(Syscall.CLOSE_RANGE, new Num(1000), new Num(4294967295L), flags(4, "CLOSE_RANGE_CLOEXEC"));

    assertStraceAgrees();
  }

  @Test
  void writesCallsThatSetWhatAProcessMayDoAsStraceDoes() throws IOException {
    call(
        Syscall.CLONE3,
        clone(flags(0x4000_0000_0000L, "0x400000000000 /* CLONE_??? */"), NULL),
        new Num(88));
    call(
        Syscall.CLONE3,
        clone(
            flags(0x2_0002_1000L, "CLONE_PIDFD|CLONE_NEWNS|CLONE_INTO_CGROUP"),
            new SlotAddress(FD)),
        new Num(88));
    call(
        Syscall.CLONE,
        flags(0x10010011L, "CLONE_THREAD|CLONE_NEWUSER|SIGCHLD"),
        NULL,
        NULL,
        NULL,
        NULL);
    call(
        Syscall.SETGROUPS,
        new Num(2),
        struct(field("gid", 4, new Num(10)), field("gid", 4, new Num(20))));
    call(
        Syscall.CAPSET,
        struct(
            field("version", 4, flags(0x20080522, "_LINUX_CAPABILITY_VERSION_3")),
            field("pid", 4, new Num(1))),
        struct(
            word("effective", 3),
            word("permitted", 1),
            word("inheritable", 0),
            word("effective", 0x100),
            word("permitted", 0),
            word("inheritable", 0)));

    assertStraceAgrees();
  }

  @Test
  void writesCallsThatSetLimitsAsStraceDoes() throws IOException {
    call(
        Syscall.PRLIMIT64,
        NONE,
        flags(7, "RLIMIT_NOFILE"),
        struct(field("rlim_cur", 8, new Num(1024)), field("rlim_max", 8, new Num(20480))),
        NULL);
    call(
        Syscall.PRLIMIT64,
        NONE,
        flags(7, "RLIMIT_NOFILE"),
        struct(
            field("rlim_cur", 8, new Num(0)), field("rlim_max", 8, flags(-1, "RLIM64_INFINITY"))),
        NULL);

    assertStraceAgrees();
  }

  @Test
  void writesCallsThatRunAndSignalProcessesAsStraceDoes() throws IOException {
    call(Syscall.PRCTL, flags(38, "PR_SET_NO_NEW_PRIVS"), new Num(1), ZERO, ZERO, ZERO);
    call(Syscall.SECCOMP, flags(1, "SECCOMP_SET_MODE_FILTER"), ZERO, NULL);
    call(
        Syscall.RT_SIGPROCMASK,
        flags(2, "SIG_SETMASK"),
        new Data(new byte[8], "[]"),
        NULL,
        new Num(8));
    call(
        Syscall.SIGNALFD4,
        NONE,
        new Data(new byte[] {2, 0, 1, 0, 0, 0, 0, 0}, "[INT CHLD]"),
        new Num(8),
        flags(0x80000, "SFD_CLOEXEC"));
    call(Syscall.IOCTL, NONE, flags(0x40045431, "TIOCSPTLCK"), struct(field("locked", 4, ZERO)));
    call(
        Syscall.IOCTL,
        NONE,
        flags(0x5414, "TIOCSWINSZ"),
        struct(
            field("ws_row", 2, new Num(24)),
            field("ws_col", 2, new Num(80)),
            field("ws_xpixel", 2, ZERO),
            field("ws_ypixel", 2, ZERO)));
    call(Syscall.PIDFD_SEND_SIGNAL, NONE, flags(15, "SIGTERM"), NULL, ZERO);
    call(Syscall.WAITID, flags(3, "P_PIDFD"), NONE, NULL, flags(5, "WNOHANG|WEXITED"), NULL);
    call(
        Syscall.EXECVE,
        NOWHERE,
        new Array(List.of(new Text("a"), new Text("b c"), NULL)),
        new Array(List.of(new Text("A=b"), NULL)));
    call(
        Syscall.EXECVE,
        NOWHERE,
        new Array(List.of(new Text("a"), NULL)),
        new Operand.Environment());

    assertStraceAgrees();
  }

  @Test
  void writesCallsThatMoveDataAsStraceDoes() throws IOException {
    Struct part = struct(field("iov_base", 8, new Text("a\n")), field("iov_len", 8, new Num(2)));
    Format format = new Format(List.of(new Text("/proc/self/fd/"), new Value(FD)));
    call(Syscall.WRITEV, NONE, new Array(List.of(part, part)), new Num(2));
    call(
        Syscall.WRITEV,
        NONE,
        struct(
            field("iov_base", 8, new Text("a")),
            field("iov_len", 8, new Num(1)),
            field("iov_base", 8, new Text("b")),
            field("iov_len", 8, new Num(1))),
        new Num(2));
    call(
        Syscall.PPOLL,
        new Array(
            List.of(
                struct(
                    field("fd", 4, ZERO),
                    field("events", 2, flags(1, "POLLIN")),
                    field("revents", 2, ZERO)))),
        new Num(1),
        struct(field("tv_sec", 8, ZERO), field("tv_nsec", 8, ZERO)),
        NULL,
        ZERO);
    call(Syscall.SENDMSG, NONE, message(part), flags(0x4000, "MSG_NOSIGNAL"));
    call(Syscall.SENDMSG, NONE, message(new Array(List.of(part))), ZERO);
    call(Syscall.WRITE, NONE, format, new FormatLength(format));
    call(
        Syscall.READLINKAT,
        AT_FDCWD,
        format,
        new BufferAddress(new Buffer("target", 64)),
        new Num(64));
    call(Syscall.READ, NONE, new BufferAddress(new Buffer("target", 64), 4), new Num(60));
    call(Syscall.MEMFD_CREATE, new Text("x"), flags(1, "MFD_CLOEXEC"));

    assertStraceAgrees();
  }

  private void assertStraceAgrees() throws IOException {
    Assumptions.assumeTrue(
        Files.isExecutable(Path.of(STRACE)), "SKIPPED: no " + STRACE + " (Debian: strace)");
    Plan whole = plan.exit(0).bare();
    Path trace = directory.resolve("strace");
    List<String> strace = List.of(STRACE, "-v", "-s", "4096", "-o", trace.toString());

    Programs.Run run = Programs.run(whole, new CompileOptions(Machine.X86_64), strace, null);

    assertThat(run).isEqualTo(new Programs.Run(0, ""));
    List<String> lines = new ArrayList<>(Files.readAllLines(trace, StandardCharsets.ISO_8859_1));
    lines.removeFirst(); // strace's own execve of the program
    lines.removeLast(); // "+++ exited with 0 +++"
    List<Step> calls = whole.calls();
    assertThat(lines).hasSameSizeAs(calls);
    for (int i = 0; i < calls.size(); i++) {
      String text = PlanText.text(calls.get(i).op());
      assertThat(lines.get(i)).as(text).matches(pattern(text) + " += .*");
    }
  }

  /// What stands in angle brackets may be anything.
  private static String pattern(String text) {
    StringBuilder pattern = new StringBuilder();
    for (String piece : text.splitWithDelimiters("<[^<>=]+>", 0)) {
      pattern.append(piece.matches("<[^<>=]+>") ? ".*" : Pattern.quote(piece));
    }
    return pattern.toString();
  }

  private void call(Syscall syscall, Operand... arguments) {
    plan.call(new Slot("unused"), new OnError.Ignore(), syscall, arguments);
  }

  private static Num flags(long value, String text) {
    return new Num(value, text);
  }

  private static Struct struct(Field... fields) {
    return new Struct(List.of(fields));
  }

  private static Field field(String name, int widthBytes, Operand value) {
    return new Field(name, widthBytes, value);
  }

  private static Field word(String name, long bits) {
    return new Field(name, 4, new Num(bits));
  }

  private static Struct openHow(Num flags, Num mode, Num resolve) {
    return struct(field("flags", 8, flags), field("mode", 8, mode), field("resolve", 8, resolve));
  }

  private static Struct clone(Num flags, Operand pidfd) {
    return struct(
        field("flags", 8, flags),
        field("pidfd", 8, pidfd),
        field("child_tid", 8, ZERO),
        field("parent_tid", 8, ZERO),
        field("exit_signal", 8, flags(17, "SIGCHLD")),
        field("stack", 8, ZERO),
        field("stack_size", 8, ZERO),
        field("tls", 8, ZERO),
        field("set_tid", 8, ZERO),
        field("set_tid_size", 8, ZERO),
        field("cgroup", 8, pidfd instanceof Num ? ZERO : new Num(1000)));
  }

  private static Struct message(Operand parts) {
    Struct control =
        struct(
            field("cmsg_len", 8, new Num(20)),
            field("cmsg_level", 4, flags(1, "SOL_SOCKET")),
            field("cmsg_type", 4, flags(1, "SCM_RIGHTS")),
            field("cmsg_data", 4, new Num(1)),
            field("padding", 4, ZERO));
    return struct(
        field("msg_name", 8, NULL),
        field("msg_namelen", 8, ZERO),
        field("msg_iov", 8, new Address(parts)),
        field("msg_iovlen", 8, new Num(1)),
        field("msg_control", 8, new Address(control)),
        field("msg_controllen", 8, new Num(24)),
        field("msg_flags", 8, ZERO));
  }
}
