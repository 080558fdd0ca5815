package dev.brig.diagnose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.error.Failure;
import dev.brig.linux.Errno;
import dev.brig.linux.HostFacts;
import dev.brig.linux.Identity;
import dev.brig.linux.Rlimit;
import dev.brig.linux.SubordinateIds;
import dev.brig.linux.SubordinateIds.IdRange;
import dev.brig.linux.Syscall;
import dev.brig.linux.UserNamespacePolicy;
import dev.brig.linux.UserNamespacePolicy.Switch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallDiagnosisTest {
  private static final Identity ALICE =
      new Identity(1000, 1000, 1000, 1000, Set.of(), Identity.UserNamespace.INITIAL);
  private static final List<IdRange> RANGE = List.of(new IdRange(100_000, 65_536));

  @TempDir Path folder;
  private Tree tree = new Tree(Path.of("/nowhere-yet"));

  @BeforeEach
  void plant() {
    tree = new Tree(folder).directory("proc/self", "rwxr-xr-x").directory("work", "rwxr-xr-x");
    proc("self/uid_map", "0 0 4294967295");
  }

  private void proc(String path, String text) {
    tree.file("proc/" + path, (text + "\n").getBytes(UTF_8), "rw-r--r--");
  }

  private void mountinfo(String... lines) {
    proc("self/mountinfo", String.join("\n", lines));
  }

  private static HostFacts rootless(UserNamespacePolicy policy, SubordinateIds ids) {
    return HostFacts.root().as(ALICE).with(new HostFacts.IdFacts(policy, ids));
  }

  private static UserNamespacePolicy policy(Switch clone, Switch apparmor) {
    return new UserNamespacePolicy(1000, clone, apparmor);
  }

  private static SubordinateIds ids(List<IdRange> ranges, String helper) {
    return new SubordinateIds("alice", ranges, ranges, new SubordinateIds.Programs(helper, helper));
  }

  private Failure fails(Syscall syscall, Errno errno, String call, String... texts) {
    return tree.call(syscall, errno, call, List.of(texts), List.of());
  }

  private Failure fails(Syscall syscall, Errno errno, List<String> texts, List<String> related) {
    return tree.call(syscall, errno, syscall.symbol() + "(…)", texts, related);
  }

  @Test
  void saysThatAUserHasNoRange() {
    tree.on(rootless(policy(Switch.ABSENT, Switch.ABSENT), ids(List.of(), "")));

    Failure failure =
        fails(Syscall.WRITE, Errno.EPERM, List.of("0 1000 1"), List.of("/proc/self/uid_map"));

    assertThat(failure.finding()).startsWith("user alice has no range in /etc/subuid");
    assertThat(failure.hint()).contains("usermod --add-subuids").endsWith("alice");
  }

  @Test
  void saysThatTheHelpersAreMissing() {
    tree.on(rootless(policy(Switch.ABSENT, Switch.ABSENT), ids(RANGE, "")));

    assertThat(fails(Syscall.WRITE, Errno.EPERM, List.of("x"), List.of("/proc/7/gid_map")).hint())
        .contains("apt install uidmap");
  }

  @Test
  void namesApparmorsRestriction() {
    tree.on(rootless(policy(Switch.ABSENT, Switch.ON), ids(RANGE, "/usr/bin/newuidmap")));

    assertThat(
            fails(Syscall.WRITE, Errno.EPERM, List.of("x"), List.of("/proc/self/uid_map")).hint())
        .contains("apparmor_restrict_unprivileged_userns=0");
  }

  @Test
  void namesTheSwitchOfDebiansKernels() {
    tree.on(rootless(policy(Switch.OFF, Switch.ABSENT), ids(RANGE, "")));

    assertThat(fails(Syscall.UNSHARE, Errno.EPERM, "unshare(CLONE_NEWUSER|CLONE_NEWNS)").hint())
        .contains("kernel.unprivileged_userns_clone=1");
  }

  @Test
  void namesTheNamespaceThatMayNotBe() {
    proc("sys/user/max_user_namespaces", "100");
    proc("sys/user/max_net_namespaces", "0");

    Failure failure =
        fails(Syscall.CLONE3, Errno.ENOSPC, "clone3({flags=CLONE_NEWUSER|CLONE_NEWNET})");

    assertThat(failure.finding()).contains("user.max_net_namespaces is 0");
    assertThat(failure.hint()).isEqualTo("sudo sysctl user.max_net_namespaces=10000");
  }

  @Test
  void namesTheLimitOnNamespaces() {
    proc("sys/user/max_user_namespaces", "100");

    assertThat(fails(Syscall.UNSHARE, Errno.ENOSPC, "unshare(CLONE_NEWUSER)").finding())
        .contains("user.max_user_namespaces = 100");
  }

  @Test
  void namesWhatCoversProc() {
    mountinfo(
        "22 1 0:21 / /proc rw,nosuid - proc proc rw",
        "23 22 0:22 / /proc/sys/fs/binfmt_misc rw - autofs systemd-1 rw",
        "24 22 0:23 /null /proc/kcore rw - tmpfs tmpfs rw",
        "25 22 0:23 / /proc/a\\040b rw shared:1 - tmpfs tmpfs rw");

    Failure failure = fails(Syscall.FSMOUNT, Errno.EPERM, List.of(), List.of("proc"));

    assertThat(failure.finding()).endsWith("other mounts cover /proc/kcore, /proc/a b");
    assertThat(failure.hint()).contains("unmask=ALL");
  }

  @Test
  void saysWhoOwnsProc() {
    mountinfo("22 1 0:21 / /proc rw,nosuid - proc proc rw");

    assertThat(fails(Syscall.MOUNT, Errno.EPERM, "mount(…)", "proc", "/proc", "proc").finding())
        .contains("pid namespace");
  }

  @Test
  void namesTheFilesystemThatTakesNoOtherIds() {
    mountinfo(
        "22 1 0:21 / / rw - overlay overlay rw,lowerdir=/l",
        "23 22 254:0 / /data rw - ext4 /dev/vda rw");
    String call = "mount_setattr(<layer 0>, \"\", AT_EMPTY_PATH, {attr_set=MOUNT_ATTR_IDMAP}, 32)";

    Failure failure =
        tree.call(Syscall.MOUNT_SETATTR, Errno.EINVAL, call, List.of(""), List.of("/files"));

    assertThat(failure.finding()).startsWith("/files is on overlay, which this kernel can't");
    assertThat(failure.hint()).contains("tmpfs");
  }

  @Test
  void namesAnUnknownFilesystem() {
    assertThat(fails(Syscall.FSOPEN, Errno.ENODEV, "fsopen(\"btrfs\", 0)", "btrfs").hint())
        .startsWith("sudo modprobe btrfs");
    assertThat(fails(Syscall.MOUNT, Errno.ENODEV, "mount(…)", "none", "/x", "erofs").finding())
        .contains("\"erofs\"");
  }

  @Test
  void namesTheLayerThatIsGone() {
    tree.layer("lower").layer("gone");
    folder.resolve("gone").toFile().delete();

    assertThat(fails(Syscall.FSCONFIG, Errno.ENOENT, List.of(), List.of("overlay")).finding())
        .isEqualTo("the layer " + tree.path("gone") + " is not there");
  }

  @Test
  void namesTheContainerThatHoldsTheUpperLayer() {
    tree.layer("lower");
    proc("17/comm", "brig");
    proc(
        "17/mountinfo",
        "30 1 0:30 / / rw - overlay overlay rw,lowerdir=/l,upperdir="
            + tree.path("root")
            + ",workdir=/w");

    assertThat(fails(Syscall.FSCONFIG, Errno.EBUSY, List.of(), List.of("overlay")).finding())
        .endsWith("is in use by process 17 (brig)");
  }

  @Test
  void namesTheLimitThatRootMayNotRaise() {
    Identity weak = new Identity(0, 0, 0, 0, Set.of(), Identity.UserNamespace.INITIAL);
    tree.on(
        HostFacts.root()
            .as(weak)
            .withLimits(Map.of(Rlimit.RLIMIT_NOFILE, new Rlimit.Value(1024, 20_000))));

    Failure failure =
        fails(Syscall.PRLIMIT64, Errno.EPERM, "prlimit64(0, RLIMIT_NOFILE, {…}, NULL)");

    assertThat(failure.finding())
        .isEqualTo(
            "the caller's limit is 1024:20000 (soft:hard), and raising the hard limit needs"
                + " CAP_SYS_RESOURCE, which root lacks on this host");
    assertThat(failure.hint()).startsWith("--ulimit nofile=1024:20000");
  }

  @Test
  void saysThatAnIdHasNoMapping() {
    tree.on(rootless(policy(Switch.ABSENT, Switch.ABSENT), ids(List.of(), "")));

    Failure failure = fails(Syscall.SETRESUID, Errno.EINVAL, "setresuid(7, 7, 7)");

    assertThat(failure.finding()).contains("the caller's own id as 0 and no other");
    assertThat(failure.hint()).contains("--add-subuids");
  }

  @Test
  void namesTheProcessInAnInnerCgroup() {
    mountinfo("40 1 0:40 / " + tree.path("cg") + " rw - cgroup2 cgroup2 rw");
    proc("17/comm", "sleep");
    tree.file("cg/a/cgroup.procs", "17\n".getBytes(UTF_8), "rw-r--r--");

    Failure failure =
        fails(
            Syscall.WRITE,
            Errno.EBUSY,
            List.of("+memory"),
            List.of(tree.path("cg/a/cgroup.subtree_control")));

    assertThat(failure.finding()).endsWith("holds 17 (sleep)");
  }

  @Test
  void namesTheControllersThatACgroupHas() {
    mountinfo("40 1 0:40 / " + tree.path("cg") + " rw - cgroup2 cgroup2 rw");
    tree.file("cg/a/cgroup.controllers", "cpu pids\n".getBytes(UTF_8), "rw-r--r--");

    assertThat(
            fails(Syscall.OPENAT, Errno.ENOENT, "openat(…)", tree.path("cg/a/memory.max"))
                .finding())
        .isEqualTo(
            "the memory controller is not enabled in "
                + tree.path("cg/a")
                + ", which has cpu pids");
  }

  @Test
  void saysThatACgroupWasNotDelegated() {
    mountinfo("40 1 0:40 / " + tree.path("cg") + " rw - cgroup2 cgroup2 rw");

    assertThat(fails(Syscall.MKDIRAT, Errno.EACCES, "mkdirat(…)", tree.path("cg/brig")).hint())
        .contains("Delegate=yes");
  }

  @Test
  void saysThatACpusetIsEmpty() {
    mountinfo("40 1 0:40 / " + tree.path("cg") + " rw - cgroup cgroup rw,cpuset");
    tree.file("cg/a/cpuset.cpus", "\n".getBytes(UTF_8), "rw-r--r--");

    assertThat(
            fails(
                    Syscall.WRITE,
                    Errno.ENOSPC,
                    List.of("0"),
                    List.of(tree.path("cg/a/cgroup.procs")))
                .finding())
        .contains("has no processors yet");
  }

  @Test
  void saysWhichProcessorsThereAre() {
    mountinfo("40 1 0:40 / " + tree.path("cg") + " rw - cgroup2 cgroup2 rw");
    tree.file("cg/cpuset.cpus.effective", "0-1\n".getBytes(UTF_8), "rw-r--r--");

    assertThat(
            fails(
                    Syscall.WRITE,
                    Errno.EINVAL,
                    List.of("0-7"),
                    List.of(tree.path("cg/a/cpuset.cpus")))
                .finding())
        .isEqualTo("\"0-7\" is not within what the cgroup above has: 0-1");
  }

  @Test
  void namesWhoHasSomethingMounted() {
    proc("17/comm", "sleep");
    proc("17/mountinfo", "40 1 0:40 / /x/rootfs rw - overlay overlay rw");

    assertThat(fails(Syscall.UNLINKAT, Errno.EBUSY, "unlinkat(…)", "/x/rootfs").finding())
        .isEqualTo("/x/rootfs is a mount point for 17 (sleep)");
  }

  @Test
  void namesWhoUsesAMount() {
    proc("17/comm", "sleep");
    tree.link("proc/17/cwd", "/x/rootfs/tmp");

    assertThat(fails(Syscall.UMOUNT2, Errno.EBUSY, "umount2(…)", "/x/rootfs").finding())
        .isEqualTo("/x/rootfs is in use by 17 (sleep)");
  }

  @Test
  void namesTheComponentOfAnyPath() {
    assertThat(
            fails(Syscall.OPEN_TREE, Errno.ENOENT, "open_tree(…)", tree.path("root/a/b")).finding())
        .isEqualTo("the host has a directory " + tree.path("root") + ", but no \"a\" in it");
    tree.file("file", new byte[0], "rw-r--r--");
    assertThat(fails(Syscall.MKDIRAT, Errno.ENOTDIR, "mkdirat(…)", tree.path("file/x")).finding())
        .isEqualTo(tree.path("file") + " in the host is a regular file, not a directory");
  }

  @Test
  void isSilentWhereItFindsNothing() {
    Failure failure = fails(Syscall.READ, Errno.EIO, "read(3, …)");

    assertThat(failure.finding()).isEmpty();
    assertThat(failure.hint()).isEmpty();
    assertThat(failure.line()).isEqualTo("do it: read(3, …) = EIO (Input/output error)");
  }
}
