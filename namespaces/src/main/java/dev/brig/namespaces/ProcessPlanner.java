package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.namespaces.ProcessRequest.NoNewPrivileges;
import dev.brig.namespaces.ProcessRequest.RlimitSetting;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the steps from "inside the root, with all rights" to execve(2) of the user's command.
///
/// The order is that of capabilities(7) and seccomp(2): what needs a right comes before the right
/// is given up. A filter is installed last if no_new_privs allows it, and otherwise while
/// CAP_SYS_ADMIN is there.
public final class ProcessPlanner {
  private static final Num PR_SET_KEEPCAPS = new Num(8, "PR_SET_KEEPCAPS");
  private static final Num PR_SET_NO_NEW_PRIVS = new Num(38, "PR_SET_NO_NEW_PRIVS");
  private static final Num PR_SET_PDEATHSIG = new Num(1, "PR_SET_PDEATHSIG");
  private static final List<Errno> MISSING =
      List.of(Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES, Errno.ELOOP, Errno.ENAMETOOLONG);
  private static final Slot DIRECTORY = new Slot("cwdfd");
  private static final Num SIGKILL = new Num(9, "SIGKILL");

  private final PlanBuilder plan;
  private final ProcessRequest request;
  private @Nullable Slot announcement;

  /// Makes a planner that appends to a plan.
  public ProcessPlanner(PlanBuilder plan, ProcessRequest request) {
    this.plan = plan;
    this.request = request;
  }

  /// Has the process say so on a socket once a filter is there that asks a listener: somebody
  /// outside is to take the listener's descriptor, before the filter stops this process.
  ///
  /// @param other the socket's descriptor
  public void announceListenerOn(Slot other) {
    announcement = other;
  }

  /// Appends the steps that limit the process and make it the user's.
  public void confine() {
    limitResources();
    enterWorkingDirectory();
    plan.because("set the file mode creation mask");
    plan.call(Syscall.UMASK, mode(request.umask()));
    ProcessRequest.Privileges privileges = request.privileges();
    new CapabilityPlanner(plan, privileges).dropBounding();
    boolean late = privileges.noNewPrivileges() == NoNewPrivileges.SET;
    if (late) {
      plan.because("forbid new privileges", "--security-opt no-new-privileges");
      plan.call(Syscall.PRCTL, PR_SET_NO_NEW_PRIVS, num(1), ZERO, ZERO, ZERO);
    } else {
      filter();
    }
    becomeUser();
    new CapabilityPlanner(plan, privileges).set();
    if (late) {
      filter();
    }
  }

  /// Appends the step by which the process ends with the one that supervises it: after [#confine],
  /// since a change of credentials clears it; prctl(2).
  public void dieWithSupervisor() {
    plan.because("die with the supervising process");
    plan.call(Syscall.PRCTL, PR_SET_PDEATHSIG, SIGKILL);
  }

  /// Appends the steps that look for the command without executing it, as the user whom the process
  /// has become: for a container whose command runs only when it is started, and whose caller is to
  /// hear of a wrong one before.
  public void find() {
    List<String> candidates = candidates(request.arguments().getFirst(), request.searchPath());
    Label found = plan.label("the command is there");
    for (String candidate : candidates) {
      plan.because("look for " + candidate);
      Label next = plan.label("not " + candidate);
      // Any other error is a filter's, which forbids the question and may allow the execution.
      Slot answer = new Slot("unused");
      plan.attempt(answer, Syscall.FACCESSAT, Abi.AT_FDCWD, text(candidate), num(1));
      for (Errno errno : MISSING) {
        plan.branch(answer, Condition.EQUAL, -errno.number(), next);
      }
      plan.attempt(answer, Syscall.FACCESSAT, Abi.AT_FDCWD, text(candidate + "/."), ZERO);
      plan.branch(answer, Condition.NOT_EQUAL, 0, found);
      plan.mark(next);
    }
    // What there is, is a directory or can't be executed: the kernel says why.
    execute(plan, request.arguments(), List.of(), request.searchPath());
    plan.mark(found);
  }

  /// Appends the steps that unblock signals and execute the command, the last of the plan's child.
  public void execute() {
    execute(plan, request.arguments(), request.environment(), request.searchPath());
  }

  /// Appends the steps that unblock signals and execute a command.
  ///
  /// @param arguments the command and its arguments
  /// @param environment `NAME=VALUE` each
  /// @param searchPath where a command without a slash is looked for, in order
  public static void execute(
      PlanBuilder plan, List<String> arguments, List<String> environment, List<String> searchPath) {
    plan.because("unblock all signals");
    plan.call(
        Syscall.RT_SIGPROCMASK,
        new Num(2, "SIG_SETMASK"),
        new Operand.Data(new byte[8], "[]"),
        NULL,
        num(8));
    List<String> candidates = candidates(arguments.getFirst(), searchPath);
    Operand argv = strings(arguments);
    Operand envp = strings(environment);
    for (int i = 0; i < candidates.size() - 1; i++) {
      plan.because("execute " + candidates.get(i));
      Label next = plan.label("next directory of PATH");
      EnumSet<Errno> missing = EnumSet.of(Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES);
      plan.call(
          new Slot("unused"),
          new OnError.Divert(missing, next),
          Syscall.EXECVE,
          text(candidates.get(i)),
          argv,
          envp);
      plan.mark(next);
    }
    String last = candidates.getLast();
    plan.because("execute " + last);
    plan.call(Syscall.EXECVE, text(last), argv, envp);
  }

  private void limitResources() {
    for (RlimitSetting limit : request.rlimits()) {
      plan.because("limit " + limit.name(), limit.option());
      Struct values =
          new Struct(
              List.of(
                  new Field("rlim_cur", 8, limit(limit.soft())),
                  new Field("rlim_max", 8, limit(limit.hard()))));
      plan.call(Syscall.PRLIMIT64, ZERO, new Num(limit.number(), limit.name()), values, NULL);
    }
  }

  private static Num limit(long value) {
    return value == -1 ? new Num(-1, "RLIM64_INFINITY") : num(value);
  }

  private void enterWorkingDirectory() {
    String directory = request.workingDirectory();
    if (directory.equals("/")) {
      return;
    }
    plan.because("enter the working directory", "--workdir");
    Label missing = plan.label("make " + directory);
    Label there = plan.label("in " + directory);
    openDirectory(directory, new OnError.Divert(EnumSet.of(Errno.ENOENT), missing));
    plan.jump(there);
    plan.mark(missing);
    for (int slash = directory.indexOf('/', 1); slash > 0; slash = next(directory, slash)) {
      makeDirectory(directory.substring(0, slash));
    }
    makeDirectory(directory);
    openDirectory(directory, new OnError.Abort());
    plan.mark(there);
    plan.call(Syscall.FCHDIR, value(DIRECTORY));
    plan.call(Syscall.CLOSE, value(DIRECTORY));
  }

  /// With "/." only a directory opens. A descriptor that was passed on may be a directory of the
  /// host: no path, and no link of the image's, leads there through /proc (CVE-2024-21626).
  private void openDirectory(String path, OnError onError) {
    Num flags = or(O_RDONLY, O_CLOEXEC, O_PATH);
    plan.call(
        DIRECTORY,
        onError,
        Syscall.OPENAT2,
        Abi.AT_FDCWD,
        text(path + "/."),
        Abi.openHow(flags, Abi.RESOLVE_NO_MAGICLINKS),
        num(24));
  }

  private static int next(String path, int slash) {
    return path.indexOf('/', slash + 1);
  }

  private void makeDirectory(String path) {
    plan.tolerate(Errno.EEXIST, Syscall.MKDIRAT, Abi.AT_FDCWD, text(path), mode(0755));
  }

  private void filter() {
    byte[] filter = request.privileges().seccomp().bytes();
    if (filter.length == 0) {
      return;
    }
    plan.because("filter system calls", request.privileges().seccomp().option());
    int count = filter.length / 8;
    // struct sock_fprog: the count, six bytes of padding, the address.
    Struct program =
        new Struct(
            List.of(
                new Field("len", 8, num(count)),
                new Field(
                    "filter",
                    8,
                    new Operand.Data(filter, "<filter of " + count + " instructions>"))));
    int flags = request.privileges().seccomp().flags();
    Num flagBits = flags == 0 ? ZERO : new Num(flags, "0x" + Integer.toHexString(flags));
    plan.call(Syscall.SECCOMP, new Num(1, "SECCOMP_SET_MODE_FILTER"), flagBits, program);
    if (announcement != null) {
      plan.because("have the filter's listener taken", "/linux/seccomp/listenerPath");
      plan.call(Syscall.WRITE, value(announcement), text("s"), num(1));
    }
  }

  private void becomeUser() {
    ProcessRequest.Credentials user = request.user();
    boolean keeps = user.uid() != 0 && request.privileges().permitted() != 0;
    plan.because("become user " + user.uid() + ":" + user.gid(), "--user");
    if (keeps) {
      plan.call(Syscall.PRCTL, PR_SET_KEEPCAPS, num(1));
    }
    if (user.setgroups() == ProcessRequest.Setgroups.ALLOWED) {
      List<Operand> groups = new ArrayList<>();
      List<Field> fields = new ArrayList<>();
      for (long group : user.groups()) {
        groups.add(num(group));
        fields.add(new Field("gid", 4, num(group)));
      }
      Operand list = groups.isEmpty() ? NULL : new Struct(fields);
      plan.call(Syscall.SETGROUPS, num(groups.size()), list);
    }
    plan.call(Syscall.SETRESGID, num(user.gid()), num(user.gid()), num(user.gid()));
    plan.call(Syscall.SETRESUID, num(user.uid()), num(user.uid()), num(user.uid()));
  }

  private static List<String> candidates(String command, List<String> searchPath) {
    if (command.indexOf('/') >= 0 || searchPath.isEmpty()) {
      return List.of(command);
    }
    List<String> candidates = new ArrayList<>();
    for (String directory : searchPath) {
      candidates.add(directory.endsWith("/") ? directory + command : directory + "/" + command);
    }
    return candidates;
  }

  private static Operand strings(List<String> strings) {
    List<Operand> pointers = new ArrayList<>(strings.size() + 1);
    for (String string : strings) {
      pointers.add(text(string));
    }
    pointers.add(NULL);
    return new Operand.Array(pointers);
  }
}
