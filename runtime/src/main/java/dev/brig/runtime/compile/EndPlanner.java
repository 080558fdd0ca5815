package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.AT_REMOVEDIR;
import static dev.brig.namespaces.Abi.MNT_DETACH;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_APPEND;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_CREAT;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_RDWR;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.namespaces.Rootfs;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Format;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Makes the end of a container's program: the exit status is recorded, the cgroup and, with
/// `--rm`, the container's files are removed. Only if a limit was felt or something is left does
/// brig itself run.
final class EndPlanner {
  private static final Buffer TIME = new Buffer("timespec", 16);
  private static final Buffer COUNTERS = new Buffer("counters", 2048);
  private static final Label NOTHING_MOUNTED = new Label("nothing mounted");
  private static final Slot SECONDS = new Slot("seconds");
  private static final Slot CODE = new Slot("si_code");
  private static final Slot STATUS = new Slot("si_status");
  private static final Slot FILE = new Slot("filefd");
  private static final Slot INDEX = new Slot("index");
  private static final Slot WORD = new Slot("word");
  private static final Slot RESULT = new Slot("result");

  // What brig puts into a container's directory, beside its configuration and its record.
  private static final List<String> FILES =
      List.of("hosts", "hostname", "resolv.conf", "exit", "reason", "events", "log", "log.1");

  private final PlanBuilder plan;
  private final Launch launch;

  EndPlanner(PlanBuilder plan, Launch launch) {
    this.plan = plan;
    this.launch = launch;
  }

  /// Appends the steps after the container's first process has ended, its end in [Names#SIGINFO].
  void finish() {
    Label exited = plan.label("exited");
    Label attention = plan.label("attention");
    Label remains = plan.label("remains");
    plan.because("take the exit status");
    plan.load(CODE, Names.SIGINFO, Names.SI_CODE, 4);
    plan.load(STATUS, Names.SIGINFO, Names.SI_STATUS, 4);
    plan.add(new Op.Assign(Names.EXIT_STATUS, value(STATUS)));
    plan.branch(CODE, Condition.EQUAL, Names.CLD_EXITED, exited);
    plan.add(new Op.Compute(Names.EXIT_STATUS, STATUS, Arithmetic.ADD, num(128)));
    plan.mark(exited);
    recordExit(attention);
    unmount(attention);
    readCounters();
    plan.branch(Names.ATTENTION, Condition.NOT_EQUAL, 0, attention);
    removeCgroups(attention);
    if (launch.state().removal() == Launch.Removal.HELD) {
      exit();
    } else if (launch.state().removal() == Launch.Removal.KEEP) {
      plan.because("the container no longer runs");
      removeRun();
      exit();
    } else if (launch.state().service().remains() == Launch.Remains.NONE) {
      removeContainer(remains);
      exit();
    }
    plan.mark(remains);
    removeInBackground();
    plan.mark(attention);
    becomeBrig(
        "finish", List.of(new Format(List.of(value(CODE))), new Format(List.of(value(STATUS)))));
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
  }

  private void exit() {
    plan.because("end with the container's status");
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
  }

  /// Appends the steps that leave a tree to brig to remove, without the caller waiting for it.
  private void removeInBackground() {
    plan.because("leave what the container wrote to brig to remove", "--rm");
    Label child = plan.label("background brig");
    Slot background = new Slot("background pid");
    Num flags = new Num(Names.SIGCHLD, "SIGCHLD");
    plan.attempt(background, Syscall.CLONE, flags, NULL, NULL, NULL, NULL);
    plan.branch(background, Condition.LESS, 1, child);
    ContainerPlanner.exitWith(plan, Names.EXIT_STATUS);
    plan.mark(child);
    plan.attempt(Syscall.SETSID);
    plan.attempt(FILE, Syscall.OPENAT, AT_FDCWD, text("/dev/null"), or(O_RDWR, O_CLOEXEC));
    for (int stream = 0; stream <= 2; stream++) {
      plan.attempt(Syscall.DUP3, value(FILE), num(stream), ZERO);
    }
  }

  /// Appends the record of the end; one that can't be written is left to brig, which tries again
  /// and says so if it can't either.
  private void recordExit(Label attention) {
    plan.because("record the exit status");
    plan.attempt(Syscall.CLOCK_GETTIME, new Num(0, "CLOCK_REALTIME"), at(TIME));
    plan.load(SECONDS, TIME, 0, 8);
    Format record =
        new Format(
            List.of(value(CODE), text(" "), value(STATUS), text(" "), value(SECONDS), text("\n")));
    plan.attempt(
        FILE,
        Syscall.OPENAT,
        AT_FDCWD,
        text(launch.state().directory() + "/exit"),
        or(O_WRONLY, O_CREAT, O_APPEND, O_CLOEXEC),
        mode(0600));
    plan.attempt(RESULT, Syscall.WRITE, value(FILE), record, new Operand.FormatLength(record));
    plan.branch(RESULT, Condition.LESS, 1, attention);
    plan.attempt(Syscall.CLOSE, value(FILE));
  }

  /// Appends the steps that take away a root that is mounted where everybody sees it, and the
  /// images below it.
  ///
  /// @param failed where it goes if one can't be
  private void unmount(Label failed) {
    boolean inView =
        switch (launch.rootfs().entrance().way()) {
          case CHROOT, BARE -> launch.rootfs().rootfs() instanceof Rootfs.Overlay;
          case PIVOT, MOVE, MONITOR -> false;
        };
    if (!inView) {
      return;
    }
    String why = plan.why();
    plan.because("unmount the root");
    int mounts = 1;
    if (launch.rootfs().rootfs() instanceof Rootfs.Overlay overlay) {
      mounts += overlay.images().size();
    }
    for (int i = 0; i < mounts; i++) {
      plan.attempt(RESULT, Syscall.UMOUNT2, text(launch.rootfs().mountPoint()), MNT_DETACH);
      plan.branch(RESULT, Condition.LESS, 0, failed);
    }
    plan.because(why);
  }

  private void readCounters() {
    for (CgroupSteps.EventFile event : launch.cgroup().events()) {
      plan.because("see whether a limit was felt");
      plan.attempt(FILE, Syscall.OPENAT, AT_FDCWD, text(event.file()), or(O_RDONLY, O_CLOEXEC));
      Operand length = num(COUNTERS.sizeBytes() - 8L);
      plan.attempt(Names.COUNT, Syscall.READ, value(FILE), at(COUNTERS), length);
      plan.attempt(Syscall.CLOSE, value(FILE));
      findQuiet(event.quiet());
    }
  }

  /// Appends a search for the characters that say that nothing happened.
  private void findQuiet(String quiet) {
    byte[] bytes = quiet.getBytes(StandardCharsets.US_ASCII);
    long pattern = 0;
    for (int i = bytes.length - 1; i >= 0; i--) {
      pattern = pattern << 8 | bytes[i];
    }
    long mask = bytes.length == 8 ? -1 : (1L << (bytes.length * 8)) - 1;
    Label search = plan.label("search " + quiet);
    Label found = plan.label("found " + quiet);
    plan.add(new Op.Assign(INDEX, num(0)));
    plan.mark(search);
    plan.add(new Op.LoadAt(WORD, COUNTERS, INDEX, 8));
    plan.add(new Op.Compute(WORD, WORD, Arithmetic.AND, num(mask)));
    plan.branch(WORD, Condition.EQUAL, pattern, found);
    plan.add(new Op.Compute(INDEX, INDEX, Arithmetic.ADD, num(1)));
    plan.branch(INDEX, Condition.LESS, COUNTERS.sizeBytes() - 8L, search);
    plan.add(new Op.Assign(Names.ATTENTION, num(1)));
    plan.mark(found);
  }

  private void removeCgroups(Label attention) {
    for (String directory : launch.cgroup().removals()) {
      plan.because("remove the cgroup " + directory);
      remove(RESULT, directory, AT_REMOVEDIR);
      plan.branch(RESULT, Condition.LESS, 0, attention);
    }
  }

  private void removeContainer(Label attention) {
    String directory = launch.state().directory();
    plan.because("remove the container", "--rm");
    // First, so that another can have the name while brig still removes a tree in the background.
    remove(RESULT, launch.state().nameLink(), ZERO);
    plan.branch(RESULT, Condition.LESS, 0, attention);
    if (launch.rootfs().rootfs() instanceof Rootfs.Overlay overlay) {
      if (overlay.durability() == Rootfs.Durability.VOLATILE) {
        // overlayfs marks a volatile layer so that it is not used again after a crash.
        String incompatible = overlay.work() + "/work/incompat";
        remove(incompatible + "/volatile/dirty", ZERO);
        remove(incompatible + "/volatile", AT_REMOVEDIR);
        remove(incompatible, AT_REMOVEDIR);
      }
      remove(overlay.work() + "/work", AT_REMOVEDIR);
      remove(overlay.work(), AT_REMOVEDIR);
      removeMountPoints(overlay.upper());
      // Not empty if the container wrote something: then brig removes it, as a whole tree.
      remove(RESULT, overlay.upper(), AT_REMOVEDIR);
      plan.branch(RESULT, Condition.LESS, 0, attention);
      remove(launch.rootfs().mountPoint(), AT_REMOVEDIR);
    }
    // Before what belongs to it, so that half of a container is never taken for a whole.
    remove(RESULT, directory + "/container.json", ZERO);
    plan.branch(RESULT, Condition.LESS, 0, attention);
    if (launch.rootfs().rootfs() instanceof Rootfs.InMemory
        || launch.rootfs().rootfs() instanceof Rootfs.Shown) {
      remove(directory + "/work", AT_REMOVEDIR);
      remove(directory + "/upper", AT_REMOVEDIR);
      remove(launch.rootfs().mountPoint(), AT_REMOVEDIR);
    }
    if (launch.process().privileges().seccomp().bytes().length == 0) {
      remove(directory + "/seccomp.json", ZERO);
    }
    if (!(launch.keeper() instanceof Keeper.None)) {
      remove(directory + "/guest.json", ZERO);
      remove(directory + "/initrd", ZERO);
    }
    for (String file : FILES) {
      remove(directory + "/" + file, ZERO);
    }
    remove(directory + "/config.json", ZERO);
    remove(RESULT, directory, AT_REMOVEDIR);
    plan.branch(RESULT, Condition.LESS, 0, attention);
    removeRun();
  }

  private void removeRun() {
    if (Streams.hasOpenInput(launch.streams())) {
      remove(launch.state().runDirectory() + "/stdin", ZERO);
    }
    remove(launch.state().runDirectory() + "/pid", ZERO);
    remove(launch.state().runDirectory() + "/lock", ZERO);
    remove(launch.state().runDirectory(), AT_REMOVEDIR);
  }

  /// Appends the removal of the places for mounts that an image lacked, so that nothing of Java has
  /// to run after a container that wrote nothing.
  private void removeMountPoints(String upper) {
    for (String file : new String[] {"/etc/hosts", "/etc/hostname", "/etc/resolv.conf"}) {
      remove(upper + file, ZERO);
    }
    for (String folder : new String[] {"/etc", "/proc", "/sys", "/dev"}) {
      remove(upper + folder, AT_REMOVEDIR);
    }
  }

  private void remove(String path, Num flags) {
    remove(Names.UNUSED, path, flags);
  }

  private void remove(Slot result, String path, Num flags) {
    plan.attempt(result, Syscall.UNLINKAT, AT_FDCWD, text(path), flags);
  }

  /// Appends the steps after a failure: the container's process is ended, the cgroup removed, and
  /// brig itself says what was found; if brig can't run, the program says what it knows. A
  /// container whose command ran is kept, with what is known of its end, unless it was to be
  /// removed.
  void fail() {
    Label ended = plan.label("no process left");
    plan.branch(Names.PID, Condition.EQUAL, 0, ended);
    killContainer(plan, ended);
    plan.mark(ended);
    unmount(NOTHING_MOUNTED);
    plan.mark(NOTHING_MOUNTED);
    for (String directory : launch.cgroup().removals()) {
      remove(directory, AT_REMOVEDIR);
    }
    if (launch.state().onFailure() == Launch.Removal.REMOVE) {
      Label ran = plan.label("the command ran");
      plan.branch(Names.RUNNING, Condition.EQUAL, 1, ran);
      becomeBrig("failed", failure("remove"));
      plan.mark(ran);
    }
    becomeBrig("failed", failure("keep"));
    sayFailure(plan);
    ContainerPlanner.exitWith(plan, 125);
  }

  private static List<Operand> failure(String removal) {
    return List.of(
        text(removal),
        new Format(List.of(value(Plan.FAILED_STEP))),
        new Format(List.of(value(Plan.FAILED_ERRNO))),
        new Operand.StepText(Plan.FAILED_STEP));
  }

  /// Appends the steps that kill the container's first process and wait for its end, but not for a
  /// process that could not be killed: the kernel ends it with this one.
  ///
  /// @param ended where it goes then
  static void killContainer(PlanBuilder plan, Label ended) {
    plan.attempt(RESULT, Syscall.PIDFD_SEND_SIGNAL, value(Names.PIDFD), Names.SIGKILL, NULL, ZERO);
    plan.branch(RESULT, Condition.LESS, 0, ended);
    plan.attempt(
        Syscall.WAITID, Names.P_PIDFD, value(Names.PIDFD), at(Names.SIGINFO), Names.WEXITED, NULL);
  }

  /// Appends the call that writes the failed step and the error, without brig's help.
  static void sayFailure(PlanBuilder plan) {
    plan.because("say what failed");
    Operand.Struct vectors =
        new Operand.Struct(
            List.of(
                new Operand.Field("iov_base", 8, text("brig: ")),
                new Operand.Field("iov_len", 8, num(6)),
                new Operand.Field("iov_base", 8, new Operand.StepText(Plan.FAILED_STEP)),
                new Operand.Field("iov_len", 8, new Operand.StepTextLength(Plan.FAILED_STEP)),
                new Operand.Field("iov_base", 8, text(" = ")),
                new Operand.Field("iov_len", 8, num(3)),
                new Operand.Field("iov_base", 8, new Operand.ErrnoText(Plan.FAILED_ERRNO)),
                new Operand.Field("iov_len", 8, new Operand.ErrnoTextLength(Plan.FAILED_ERRNO)),
                new Operand.Field("iov_base", 8, text("\n")),
                new Operand.Field("iov_len", 8, num(1))));
    plan.attempt(Syscall.WRITEV, num(2), vectors, num(5));
  }

  private void becomeBrig(String command, List<Operand> arguments) {
    List<Operand> all = new ArrayList<>();
    all.add(text(command));
    all.add(text(launch.state().id()));
    String lockFd = Integer.toString(launch.state().lockFd());
    byte[] word = (lockFd + '\0').getBytes(StandardCharsets.US_ASCII);
    all.add(new Operand.Data(word, "\"<lockfd>\""));
    all.addAll(arguments);
    becomeBrig(plan, launch.state().brig(), all);
  }

  /// Appends the execution of brig's own hidden command `internal`.
  ///
  /// @param brig the command that runs brig
  /// @param arguments what follows the word `internal`
  static void becomeBrig(PlanBuilder plan, List<String> brig, List<Operand> arguments) {
    plan.because("let brig say and remove what is left");
    List<Operand> strings = new ArrayList<>();
    for (String word : brig) {
      strings.add(text(word));
    }
    strings.add(text("internal"));
    strings.addAll(arguments);
    strings.add(NULL);
    Operand none = new Operand.Data(new byte[8], "[]");
    plan.attempt(Syscall.RT_SIGPROCMASK, Names.SIG_SETMASK, none, NULL, num(8));
    plan.attempt(
        Syscall.EXECVE,
        text(brig.getFirst()),
        new Operand.Array(strings),
        new Operand.Environment());
  }
}
