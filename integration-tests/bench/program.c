/* What brig's program does for
 *
 *     brig run --rm --memory 64m --cpus 1 --pids-limit 50 IMAGE true
 *
 * on a host with the first version of cgroups, as one would write it in C: the same calls with the same arguments
 * in the same order, so that only how they are made differs. For the benchmark alone: it takes no options, is for
 * root, and knows one container.
 *
 *     program STATE LAYER FILTER       STATE a folder for its files, LAYER the image's tree, FILTER the seccomp filter
 *
 * It first makes what brig's JVM has made by then (folders, hosts, the record), and executes itself again: the
 * clock starts there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static const char *const CONTROLLERS[] = {"unified", "memory", "cpu", "pids"};
static const char *state, *layer;
static char path[512];
static int report = -1; /* where the container's half tells which step failed */

static void fail(const char *step) {
  struct { int step, error; } failure = {1, errno};
  if (report >= 0)
    (void)!write(report, &failure, sizeof failure);
  perror(step);
  _exit(125);
}

#define MUST(call) ({ long result_ = (call); if (result_ < 0) fail(#call); result_; })

static const char *in(const char *format, const char *first, const char *second) {
  snprintf(path, sizeof path, format, first, second);
  return path;
}

static const char *of_state(const char *name) { return in("%s/%s", state, name); }

static const char *of_cgroup(const char *controller, const char *file) {
  char name[128];
  snprintf(name, sizeof name, "%s/brig-bench-c%s", controller, file);
  return in("%s/%s", "/sys/fs/cgroup", name);
}

static void put(const char *file, const char *text) {
  int fd = MUST(openat(AT_FDCWD, file, O_WRONLY | O_CLOEXEC));
  MUST(write(fd, text, strlen(text)));
  MUST(close(fd));
}

static int mount_old(const char *source, const char *target, const char *type, unsigned long flags, const char *data) {
  return syscall(SYS_mount, source, target, type, flags, data);
}

static const char *proc_fd(int fd, const char *below) {
  snprintf(path, sizeof path, "/proc/self/fd/%d%s", fd, below);
  return path;
}

/* A place in the root that no link can lead out of. */
static int place(int root, const char *name) {
  struct open_how how = {
      .flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
  return MUST(syscall(SYS_openat2, root, name, &how, sizeof how));
}

static int filesystem(const char *type) {
  int context = MUST(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC));
  MUST(syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
  return MUST(syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
}

static void mount_proc(int root, int *proc) {
  static const char *const READ_ONLY[] = {"bus", "fs", "irq", "sys"};
  int parts[4];
  *proc = filesystem("proc");
  MUST(syscall(SYS_move_mount, *proc, "", place(root, "proc"), "",
      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
  for (int i = 0; i < 4; i++)
    parts[i] = MUST(syscall(SYS_open_tree, *proc, READ_ONLY[i], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
  struct mount_attr writable = {.attr_clr = MOUNT_ATTR_RDONLY};
  MUST(syscall(SYS_mount_setattr, *proc, "", AT_EMPTY_PATH, &writable, sizeof writable));
  for (int i = 0; i < 4; i++)
    MUST(syscall(SYS_move_mount, parts[i], "", *proc, READ_ONLY[i], MOVE_MOUNT_F_EMPTY_PATH));
}

static void mount_dev(int root) {
  static const struct { const char *name; int major, minor; } DEVICES[] = {
      {"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"tty", 5, 0}, {"random", 1, 8}, {"urandom", 1, 9}};
  static const char *const LINKS[][2] = {{"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"},
      {"/proc/self/fd/1", "stdout"}, {"/proc/self/fd/2", "stderr"}, {"pts/ptmx", "ptmx"}};
  MUST(mount_old("tmpfs", proc_fd(place(root, "dev"), ""), "tmpfs", MS_NOSUID | MS_NOEXEC | MS_STRICTATIME,
      "mode=755,size=65536k"));
  int dev = place(root, "dev");
  for (unsigned i = 0; i < sizeof DEVICES / sizeof *DEVICES; i++)
    MUST(mknodat(dev, DEVICES[i].name, S_IFCHR | 0666, makedev(DEVICES[i].major, DEVICES[i].minor)));
  for (unsigned i = 0; i < sizeof LINKS / sizeof *LINKS; i++)
    MUST(symlinkat(LINKS[i][0], dev, LINKS[i][1]));
  MUST(mkdirat(dev, "pts", 0755));
  MUST(mount_old("devpts", proc_fd(dev, "/pts"), "devpts", MS_NOSUID | MS_NOEXEC,
      "newinstance,ptmxmode=0666,mode=0620,gid=5"));
  MUST(mkdirat(dev, "shm", 0755));
  MUST(mount_old("tmpfs", proc_fd(dev, "/shm"), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=67108864"));
  MUST(mkdirat(dev, "mqueue", 0755));
  MUST(mount_old("mqueue", proc_fd(dev, "/mqueue"), "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
}

/* Returns the folder of the cgroups, which is made read-only last. */
static int mount_sys(int root, int *sys) {
  *sys = filesystem("sysfs");
  MUST(syscall(SYS_move_mount, *sys, "", place(root, "sys"), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
  MUST(mount_old("tmpfs", proc_fd(*sys, "/fs/cgroup"), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755,size=0"));
  int cgroups = MUST(openat(*sys, "fs/cgroup", O_PATH | O_CLOEXEC));
  for (unsigned i = 0; i < 4; i++) {
    char target[64];
    MUST(mkdirat(cgroups, CONTROLLERS[i], 0755));
    snprintf(target, sizeof target, "/proc/self/fd/%d/%s", cgroups, CONTROLLERS[i]);
    MUST(mount_old(of_cgroup(CONTROLLERS[i], ""), target, NULL, MS_BIND, NULL));
  }
  return cgroups;
}

static void bind_file(int root, const char *file, const char *name) {
  char target[64];
  snprintf(target, sizeof target, "/proc/self/fd/%d", place(root, name));
  MUST(mount_old(of_state(file), target, NULL, MS_BIND, NULL));
}

static void mask(int proc, int sys) {
  static const char *const FILES[] = {"/interrupts", "/keys", "/timer_list"};
  MUST(mount_old("tmpfs", proc_fd(proc, "/acpi"), "tmpfs", MS_RDONLY, "nr_inodes=2"));
  for (int i = 0; i < 3; i++)
    MUST(mount_old("/dev/null", proc_fd(proc, FILES[i]), NULL, MS_BIND, NULL));
  MUST(mount_old("tmpfs", proc_fd(sys, "/dev/block"), "tmpfs", MS_RDONLY, "nr_inodes=2"));
  MUST(mount_old("tmpfs", proc_fd(sys, "/firmware"), "tmpfs", MS_RDONLY, "nr_inodes=2"));
}

static void make_root(void) {
  char options[1536], rootfs[512];
  int proc, sys;
  snprintf(rootfs, sizeof rootfs, "%s/rootfs", state);
  snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work,volatile", layer, state, state);
  MUST(mount_old(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
  MUST(mount_old("overlay", rootfs, "overlay", MS_NODEV, options));
  int root = MUST(openat(AT_FDCWD, rootfs, O_PATH | O_CLOEXEC));
  mount_proc(root, &proc);
  mount_dev(root);
  int cgroups = mount_sys(root, &sys);
  bind_file(root, "hosts", "etc/hosts");
  bind_file(root, "hostname", "etc/hostname");
  struct mount_attr fixed = {
      .attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC};
  MUST(syscall(SYS_mount_setattr, cgroups, "", AT_EMPTY_PATH | AT_RECURSIVE, &fixed, sizeof fixed));
  mask(proc, sys);
  MUST(fchdir(root));
  MUST(syscall(SYS_pivot_root, ".", "."));
  MUST(syscall(SYS_umount2, ".", 2 /* MNT_DETACH */));
  MUST(chdir("/"));
}

static void drop_rights(const struct sock_fprog *filter) {
  /* What podman leaves: chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service,
   * sys_chroot, setfcap. */
  static const uint64_t KEPT = 1 << 0 | 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7 | 1 << 8 | 1 << 10 |
      1 << 18 | 1u << 31;
  for (int capability = 0; capability <= CAP_LAST_CAP; capability++)
    if (!(KEPT >> capability & 1))
      MUST(prctl(PR_CAPBSET_DROP, capability, 0, 0, 0));
  MUST(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter));
  MUST(syscall(SYS_setgroups, 0, NULL));
  MUST(syscall(SYS_setresgid, 0, 0, 0));
  MUST(syscall(SYS_setresuid, 0, 0, 0));
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {
      {(uint32_t)KEPT, (uint32_t)KEPT, 0}, {(uint32_t)(KEPT >> 32), (uint32_t)(KEPT >> 32), 0}};
  MUST(syscall(SYS_capset, &header, data));
}

static void contain(int to_host, const int tasks[3], const struct sock_fprog *filter) {
  static const char *const PLACES[] = {
      "/usr/local/sbin/true", "/usr/local/bin/true", "/usr/sbin/true", "/usr/bin/true", "/sbin/true", "/bin/true"};
  char byte;
  report = to_host;
  MUST(read(to_host, &byte, 1));
  MUST(setsid());
  for (int i = 0; i < 3; i++)
    MUST(write(tasks[i], "0", 1));
  MUST(unshare(CLONE_NEWCGROUP));
  int net = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
  MUST(ioctl(net, SIOCSIFFLAGS, &loopback));
  MUST(sethostname("bench", 5));
  make_root();
  report = MUST(dup3(to_host, 3, O_CLOEXEC));
  MUST(syscall(SYS_close_range, 4, ~0U, 0));
  umask(022);
  drop_rights(filter);
  MUST(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0));
  (void)!recv(3, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  uint64_t none = 0;
  MUST(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, NULL, 8));
  char *const arguments[] = {"true", NULL};
  char *const environment[] = {
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOSTNAME=bench", "HOME=/root", NULL};
  for (unsigned i = 0; i < sizeof PLACES / sizeof *PLACES; i++)
    execve(PLACES[i], arguments, environment);
  fail("execve true");
}

static void make_cgroups(int tasks[3]) {
  for (int i = 0; i < 4; i++)
    MUST(mkdirat(AT_FDCWD, of_cgroup(CONTROLLERS[i], ""), 0755));
  put(of_cgroup("memory", "/memory.limit_in_bytes"), "67108864");
  put(of_cgroup("memory", "/memory.memsw.limit_in_bytes"), "134217728");
  put(of_cgroup("cpu", "/cpu.cfs_period_us"), "100000");
  put(of_cgroup("cpu", "/cpu.cfs_quota_us"), "100000");
  put(of_cgroup("pids", "/pids.max"), "50");
  for (int i = 0; i < 3; i++)
    tasks[i] = MUST(openat(AT_FDCWD, of_cgroup(CONTROLLERS[i + 1], "/tasks"), O_WRONLY | O_CLOEXEC));
}

static void record_process(pid_t pid) {
  char text[1024];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int fd = MUST(openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC));
  ssize_t length = MUST(read(fd, text, sizeof text));
  MUST(close(fd));
  fd = MUST(openat(AT_FDCWD, of_state("pid"), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  MUST(write(fd, text, length));
  MUST(close(fd));
}

static int supervise(int signals, int pidfd) {
  for (;;) {
    struct pollfd ready = {.fd = signals, .events = POLLIN};
    if (syscall(SYS_ppoll, &ready, 1, NULL, NULL, 0) < 0 && errno != EINTR)
      fail("ppoll");
    struct signalfd_siginfo info;
    while (read(signals, &info, sizeof info) == sizeof info) {
      siginfo_t end = {0};
      if (info.ssi_signo != SIGCHLD)
        syscall(SYS_pidfd_send_signal, pidfd, info.ssi_signo, NULL, 0);
      else if (syscall(SYS_waitid, P_PIDFD, pidfd, &end, WNOHANG | WEXITED, NULL) == 0 && end.si_pid != 0)
        return end.si_code == CLD_EXITED ? end.si_status : 128 + end.si_status;
    }
  }
}

static void record_end(int status) {
  char text[2040];
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
  int length = snprintf(text, sizeof text, "1 %d %ld\n", status, now.tv_sec);
  int fd = MUST(openat(AT_FDCWD, of_state("exit"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  MUST(write(fd, text, length));
  MUST(close(fd));
  static const char *const EVENTS[][3] = {{"memory", "/memory.oom_control", "oom_kill 0"},
      {"cpu", "/cpu.stat", "nr_throttled 0"}, {"pids", "/pids.events", "max 0"}};
  for (int i = 0; i < 3; i++) {
    fd = MUST(openat(AT_FDCWD, of_cgroup(EVENTS[i][0], EVENTS[i][1]), O_RDONLY | O_CLOEXEC));
    length = MUST(read(fd, text, sizeof text - 1));
    text[length] = 0;
    MUST(close(fd));
    if (strstr(text, EVENTS[i][2]) == NULL)
      fprintf(stderr, "program: %s was felt\n", EVENTS[i][0]);
  }
}

static void remove_all(void) {
  static const char *const BEFORE[] = {"name", "work/work/incompat/volatile/dirty", "upper/etc/hosts",
      "upper/etc/hostname", "upper/etc/resolv.conf", "hosts", "hostname", "resolv.conf", "exit", "reason", "events",
      "log", "log.1", "config.json", "container.json", "pid", "lock"};
  static const char *const FOLDERS[] = {"work/work/incompat/volatile", "work/work/incompat", "work/work", "work",
      "upper/etc", "upper/proc", "upper/sys", "upper/dev", "upper", "rootfs", "run", ""};
  for (int i = 0; i < 4; i++)
    unlinkat(AT_FDCWD, of_cgroup(CONTROLLERS[i], ""), AT_REMOVEDIR);
  for (unsigned i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++)
    unlinkat(AT_FDCWD, of_state(BEFORE[i]), 0);
  for (unsigned i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
    unlinkat(AT_FDCWD, of_state(FOLDERS[i]), AT_REMOVEDIR);
}

static int run(const struct sock_fprog *filter) {
  int tasks[3], pair[2], pidfd = -1;
  MUST(syscall(SYS_close_range, 3, 8, 0));
  MUST(syscall(SYS_close_range, 10, ~0U, 0));
  umask(0);
  uint64_t mask = ~(1ULL << (SIGILL - 1) | 1ULL << (SIGTRAP - 1) | 1ULL << (SIGBUS - 1) | 1ULL << (SIGFPE - 1) |
      1ULL << (SIGSEGV - 1) | 1ULL << (SIGCONT - 1) | 1ULL << (SIGTSTP - 1) | 1ULL << (SIGTTIN - 1) |
      1ULL << (SIGSYS - 1));
  MUST(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, 8));
  int signals = MUST(syscall(SYS_signalfd4, -1, &mask, 8, SFD_CLOEXEC | SFD_NONBLOCK));
  int nothing = MUST(openat(AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC));
  MUST(dup3(nothing, 0, 0) < 0 && errno != EINVAL ? -1 : 0);

  make_cgroups(tasks);
  MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair));
  int unified = MUST(openat(AT_FDCWD, of_cgroup("unified", ""), O_PATH | O_CLOEXEC));
  struct clone_args clone = {
      .flags = CLONE_PIDFD | CLONE_INTO_CGROUP | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID |
          CLONE_NEWNET,
      .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD, .cgroup = unified};
  pid_t pid = MUST(syscall(SYS_clone3, &clone, sizeof clone));
  if (pid == 0)
    contain(pair[1], tasks, filter);
  MUST(close(pair[1]));
  record_process(pid);
  MUST(write(pair[0], "g", 1));
  char failure[8];
  if (MUST(read(pair[0], failure, sizeof failure)) != 0)
    return 125;
  MUST(close(pair[0]));
  int status = supervise(signals, pidfd);
  record_end(status);
  remove_all();
  return status;
}

/* What is there when the program starts. */
static void prepare(void) {
  static const char *const FOLDERS[] = {"", "upper", "work", "rootfs", "run"};
  static const char *const FILES[] = {"hosts", "hostname", "config.json", "container.json", "lock", "name"};
  for (unsigned i = 0; i < sizeof FOLDERS / sizeof *FOLDERS; i++)
    MUST(mkdir(of_state(FOLDERS[i]), 0755));
  for (unsigned i = 0; i < sizeof FILES / sizeof *FILES; i++)
    MUST(close(open(of_state(FILES[i]), O_WRONLY | O_CREAT | O_CLOEXEC, 0644)));
}

int main(int count, char **words) {
  if (count < 4)
    return 125;
  state = words[1];
  layer = words[2];
  if (count == 4) {
    prepare();
    char *again[] = {"program", words[1], words[2], words[3], "timed", NULL};
    execv("/proc/self/exe", again);
    fail("execv");
  }
  /* brig's program carries the filter within itself; here it is mapped by the first read. */
  static struct sock_filter instructions[4096];
  int fd = MUST(open(words[3], O_RDONLY | O_CLOEXEC));
  ssize_t length = MUST(read(fd, instructions, sizeof instructions));
  MUST(close(fd));
  struct sock_fprog filter = {.len = length / sizeof *instructions, .filter = instructions};
  return run(&filter);
}
