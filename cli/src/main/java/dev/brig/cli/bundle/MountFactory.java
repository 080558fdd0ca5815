package dev.brig.cli.bundle;

import dev.brig.cli.bundle.RunOptions.Switch;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The mounts of a container: the usual ones, then the files of its network, then the user's.
final class MountFactory {
  private static final int TTY_GROUP = 5;

  private final RunOptions options;
  private final BundleFacts facts;
  private final Isolation isolation;
  private final Set<String> files;
  private final List<Mount> mounts = new ArrayList<>();

  /// Makes a factory.
  ///
  /// @param files names of files in the container's directory that belong into /etc
  MountFactory(RunOptions options, BundleFacts facts, Isolation isolation, Set<String> files) {
    this.options = options;
    this.facts = facts;
    this.isolation = isolation;
    this.files = files;
  }

  /// Returns the mounts in the order in which they are made.
  ///
  /// @param asked what the user and the image ask for, volumes as bind mounts
  List<Mount> mounts(List<MountOption> asked) {
    switch (options.isolation().degree()) {
      case BARE -> {
        return List.of();
      }
      case CHROOT -> {
        for (String kernels : new String[] {"/proc", "/sys", "/dev"}) {
          add(bind(kernels, kernels, "rbind", "rprivate"));
        }
      }
      case NAMESPACES, CONTAINER, GVISOR, VM -> usual();
    }
    for (String name : new String[] {"resolv.conf", "hosts", "hostname"}) {
      if (files.contains(name)) {
        String source = facts.places().containerDirectory() + "/" + name;
        add(bind("/etc/" + name, source, "bind", "rprivate"));
      }
    }
    if (has(Switch.READ_ONLY) && !has(Switch.NO_READ_ONLY_TMPFS)) {
      // Programs expect to write here even where they may not write the root; so has podman it.
      for (String target : new String[] {"/run", "/tmp", "/var/tmp"}) {
        String mode = target.equals("/run") ? "mode=755" : "mode=1777";
        add(new Mount(target, "tmpfs", "tmpfs", filled("nosuid", "nodev", mode)));
      }
    }
    for (DeviceOption device : options.files().devices()) {
      if (isBound(device, isolation)) {
        add(bind(device.target(), device.source(), "bind", "rprivate", "nosuid", "noexec", "dev"));
      }
    }
    List<Mount> wanted = new ArrayList<>();
    for (MountOption option : asked) {
      wanted.add(mount(option));
    }
    // Parents before what lies below them, whatever the order of the options. The sort is stable.
    wanted.sort((one, other) -> Integer.compare(depth(one), depth(other)));
    for (Mount mount : wanted) {
      add(mount);
    }
    return mounts;
  }

  /// Tells whether a device is bound from the host's path: in a user namespace no node can be made,
  /// and config.json's devices have but one path, the container's.
  static boolean isBound(DeviceOption device, Isolation isolation) {
    return !isolation.isHost(LinuxNamespaceType.USER) && !device.source().equals(device.target());
  }

  private boolean has(Switch wanted) {
    return options.lifecycle().has(wanted);
  }

  private void usual() {
    boolean userNamespace = !isolation.isHost(LinuxNamespaceType.USER);
    boolean confined = options.isolation().degree().compareTo(Degree.CONTAINER) >= 0;
    String access = has(Switch.PRIVILEGED) || !confined ? "rw" : "ro";
    // In a user namespace the kernel mounts proc and sysfs only for pid and network namespaces that
    // belong to it; others are shown as the host has them.
    if (userNamespace && !isolation.isOwn(LinuxNamespaceType.PID)) {
      add(bind("/proc", "/proc", "rbind", "nosuid", "noexec", "nodev", "rslave"));
    } else {
      add(new Mount("/proc", "proc", "proc", List.of("nosuid", "noexec", "nodev")));
    }
    add(
        new Mount(
            "/dev",
            "tmpfs",
            "tmpfs",
            List.of("nosuid", "noexec", "strictatime", "mode=755", "size=65536k")));
    List<String> pts = new ArrayList<>(List.of("nosuid", "noexec", "newinstance"));
    pts.addAll(List.of("ptmxmode=0666", "mode=0620"));
    if (isolation.hasGroup(TTY_GROUP)) {
      pts.add("gid=" + TTY_GROUP);
    }
    add(new Mount("/dev/pts", "devpts", "devpts", pts));
    if (isolation.isHost(LinuxNamespaceType.IPC)) {
      add(bind("/dev/shm", "/dev/shm", "rbind", "nosuid", "noexec", "nodev", "rprivate"));
      if (userNamespace) {
        add(bind("/dev/mqueue", "/dev/mqueue", "rbind", "nosuid", "noexec", "nodev", "rprivate"));
      } else {
        // What a new mount shows is the namespace's; not every host has one to bind.
        add(new Mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")));
      }
    } else {
      String size = "size=" + options.files().shmBytes();
      List<String> shm = List.of("nosuid", "noexec", "nodev", "mode=1777", size);
      add(new Mount("/dev/shm", "tmpfs", "shm", shm));
      add(new Mount("/dev/mqueue", "mqueue", "mqueue", List.of("nosuid", "noexec", "nodev")));
    }
    if (userNamespace && !isolation.isOwn(LinuxNamespaceType.NETWORK)) {
      add(bind("/sys", "/sys", "rbind", "nosuid", "noexec", "nodev", access, "rslave"));
    } else {
      add(new Mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", access)));
    }
    List<String> cgroup = List.of("nosuid", "noexec", "nodev", "relatime", access);
    add(new Mount("/sys/fs/cgroup", "cgroup", "cgroup", cgroup));
  }

  /// Adds a mount; it takes the place of one on the same path.
  private void add(Mount mount) {
    mounts.removeIf(other -> other.destination().equals(mount.destination()));
    mounts.add(mount);
  }

  private Mount mount(MountOption option) {
    return switch (option.kind()) {
      case BIND -> userBind(option, absolute(option.source()));
      case VOLUME -> throw new IllegalArgumentException("a volume that is no directory yet");
      case TMPFS -> {
        List<String> words = new ArrayList<>(option.options());
        addUnless(words, "nosuid", "suid");
        addUnless(words, "nodev", "dev");
        if (option.options().isEmpty()) {
          words.add("noexec");
        }
        boolean empty = words.remove("notmpcopyup") || words.contains("tmpcopyup");
        yield new Mount(
            option.target(),
            "tmpfs",
            "tmpfs",
            empty ? words : filled(words.toArray(new String[0])));
      }
      case RAMFS -> new Mount(option.target(), "ramfs", "ramfs", strict(option.options()));
      case DEVPTS -> {
        List<String> words = strict(option.options());
        words.add("newinstance");
        words.add("ptmxmode=0666");
        yield new Mount(option.target(), "devpts", "devpts", words);
      }
    };
  }

  /// Returns the options of a tmpfs that begins with what the image has there, as podman's do.
  private List<String> filled(String... options) {
    List<String> words = new ArrayList<>(List.of(options));
    if (facts.tree() == BundleFacts.Tree.IMAGE) {
      words.add("tmpcopyup");
    }
    return words;
  }

  private static List<String> strict(List<String> options) {
    List<String> words = new ArrayList<>(options);
    addUnless(words, "nosuid", "suid");
    addUnless(words, "noexec", "exec");
    return words;
  }

  private static Mount userBind(MountOption option, String source) {
    List<String> words = new ArrayList<>(option.options());
    addUnless(words, "rbind", "bind");
    if (!hasPropagation(words)) {
      words.add("rprivate");
    }
    addUnless(words, "nosuid", "suid");
    addUnless(words, "nodev", "dev");
    return new Mount(option.target(), "bind", source, wholly(words));
  }

  /// Returns options that hold for the mounts below as well, if these come along.
  private static List<String> wholly(List<String> words) {
    if (!words.contains("rbind")) {
      return words;
    }
    List<String> all = new ArrayList<>(words.size());
    for (String word : words) {
      switch (word) {
        case "ro", "rw", "nosuid", "suid", "nodev", "dev", "noexec", "exec" -> all.add("r" + word);
        default -> all.add(word);
      }
    }
    return all;
  }

  private static void addUnless(List<String> words, String word, String opposite) {
    if (!words.contains(word) && !words.contains(opposite)) {
      words.add(word);
    }
  }

  private static boolean hasPropagation(List<String> words) {
    for (String word : words) {
      if (word.endsWith("private") || word.endsWith("shared") || word.endsWith("slave")) {
        return true;
      }
    }
    return false;
  }

  private static Mount bind(String target, String source, String... options) {
    return new Mount(target, "bind", source, wholly(List.of(options)));
  }

  private String absolute(String path) {
    return path.startsWith("/") ? path : facts.places().workingDirectory() + "/" + path;
  }

  private static int depth(Mount mount) {
    int depth = 0;
    for (int i = 0; i < mount.destination().length(); i++) {
      depth += mount.destination().charAt(i) == '/' ? 1 : 0;
    }
    return depth;
  }
}
