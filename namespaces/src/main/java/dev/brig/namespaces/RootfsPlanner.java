package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.AT_EMPTY_PATH;
import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.AT_RECURSIVE;
import static dev.brig.namespaces.Abi.MNT_DETACH;
import static dev.brig.namespaces.Abi.MOVE_MOUNT_F_EMPTY_PATH;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLOEXEC;
import static dev.brig.namespaces.Abi.OPEN_TREE_CLONE;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_PATH;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.mountAttr;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.namespaces.RootfsRequest.Way;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;

/// Makes the steps that give a process its own root: what it is made of, what is mounted in it,
/// what is hidden, and the move into it with the host's root detached.
///
/// The steps run in a mount namespace of their own. No path inside the root is ever looked up from
/// the host: targets are opened with openat2(2) and `RESOLVE_IN_ROOT` relative to the new root's
/// descriptor, so that no symbolic link of an image can lead a mount out (CVE-2021-30465).
public final class RootfsPlanner {
  /// The root mount's descriptor.
  public static final Slot ROOT = new Slot("rootfd");

  private static final Slot MEMORY = new Slot("memoryfd");
  private static final Num MS_SLAVE = new Num(0x80000, "MS_SLAVE");
  private static final Num MS_REC_PRIVATE = new Num(0x44000, "MS_REC|MS_PRIVATE");
  private static final Num NODEV = new Num(4, "MOUNT_ATTR_NODEV");
  private static final Num RDONLY = new Num(1, "MOUNT_ATTR_RDONLY");
  private static final Num MS_NODEV = new Num(4, "MS_NODEV");

  private final PlanBuilder plan;
  private final RootfsRequest request;

  /// Makes a planner that appends to a plan.
  public RootfsPlanner(PlanBuilder plan, RootfsRequest request) {
    this.plan = plan;
    this.request = request;
  }

  /// Appends the steps that build the root and all that is in it, the process still being outside.
  public void build() {
    switch (request.entrance().way()) {
      case CHROOT, BARE -> buildForAll();
      case PIVOT, MOVE -> buildAlone();
      case MONITOR -> {
        keepToItself();
        if (request.rootfs() instanceof Rootfs.Overlay overlay) {
          mountOverlay(overlay);
        }
        takeTerminal();
        plan.because("take the host's root");
        plan.call(ROOT, Syscall.OPENAT, AT_FDCWD, text("/"), or(O_RDONLY, O_CLOEXEC, O_PATH));
        new MountPlanner(plan, request).mountAll();
      }
    }
  }

  private void keepToItself() {
    plan.because("keep mounts from propagating to the host");
    plan.call(Syscall.MOUNT, NULL, text("/"), NULL, MS_REC_PRIVATE, NULL);
  }

  private void buildAlone() {
    MountPlanner mounts = new MountPlanner(plan, request);
    mounts.takeTies();
    boolean tied = request.entrance().isSlave();
    if (tied && request.rootfs() instanceof Rootfs.Directory(String path)) {
      takeDirectory(path);
      // Before all mounts here become private, and its source with them.
      MountChange slave = MountChange.NONE.withPropagation(MS_SLAVE);
      new ChangePlanner(plan).apply(ROOT, MountChange.NONE, slave);
    }
    keepToItself();
    switch (request.rootfs()) {
      case Rootfs.Directory(String path) -> {
        if (!tied) {
          takeDirectory(path);
        }
        attachRoot();
      }
      case Rootfs.Shown(String path) -> {
        show(path);
        attachRoot();
      }
      case Rootfs.Overlay overlay -> mountOverlay(overlay);
      case Rootfs.Handed handed -> new HandedRootPlanner(plan).mount(handed);
      case Rootfs.InMemory memory -> {
        mountMemory(memory);
        mountOverlay(memory.overlay());
      }
    }
    mounts.mountAll();
  }

  /// Appends the steps that move into the root and let go of the host's.
  public void enter() {
    if (request.access() == RootfsRequest.Access.READ_ONLY
        && !(request.rootfs() instanceof Rootfs.Shown)) {
      makeReadOnly();
    }
    plan.because("move into the new root");
    plan.call(Syscall.FCHDIR, value(ROOT));
    switch (request.entrance().way()) {
      case PIVOT -> pivot();
      case MOVE -> moveOverTheHosts();
      case CHROOT -> chroot();
      case BARE, MONITOR -> {}
    }
    Num propagation = request.entrance().propagation();
    if (propagation.value() != 0 && !request.entrance().isSlave()) {
      plan.because("set the root's propagation", "/linux/rootfsPropagation");
      plan.call(Syscall.MOUNT, NULL, text("/"), NULL, propagation, NULL);
    }
  }

  private void makeReadOnly() {
    plan.because("make the root read-only", "--read-only");
    plan.call(
        Syscall.MOUNT_SETATTR,
        value(ROOT),
        text(""),
        AT_EMPTY_PATH,
        mountAttr(RDONLY, ZERO, ZERO),
        new Num(32));
  }

  private void chroot() {
    plan.call(Syscall.CHROOT, text("."));
    plan.call(Syscall.CHDIR, text("/"));
  }

  private void moveOverTheHosts() {
    // Whoever gets below the root again, in a user namespace, could mount others as visible as
    // these are; mount_namespaces(7).
    for (String kernels : new String[] {"/proc", "/sys"}) {
      plan.attempt(Syscall.UMOUNT2, text(kernels), MNT_DETACH);
    }
    plan.call(
        Syscall.MOVE_MOUNT, value(ROOT), text(""), AT_FDCWD, text("/"), MOVE_MOUNT_F_EMPTY_PATH);
    chroot();
  }

  private void pivot() {
    // With "." twice the old root ends up mounted over the new one, so no directory for it is
    // needed;
    // pivot_root(2), "pivot_root(".", ".")".
    plan.call(Syscall.PIVOT_ROOT, text("."), text("."));
    plan.because("detach the host's root");
    plan.call(Syscall.UMOUNT2, text("."), MNT_DETACH);
    plan.call(Syscall.CHDIR, text("/"));
  }

  /// Without a mount namespace, the root is a directory as it lies, or layers are stacked where
  /// everybody sees them.
  private void buildForAll() {
    if (request.rootfs() instanceof Rootfs.Directory(String path)) {
      plan.because("take " + path + " as the root");
      plan.call(ROOT, Syscall.OPENAT, AT_FDCWD, text(path), or(O_RDONLY, O_CLOEXEC, O_PATH));
    } else {
      mountOverlay(overlay());
      takeTerminal();
    }
    if (request.entrance().way() == Way.CHROOT) {
      new MountPlanner(plan, request).mountAll();
    }
  }

  private Rootfs.Overlay overlay() {
    if (request.rootfs() instanceof Rootfs.Overlay overlay) {
      return overlay;
    }
    throw new IllegalArgumentException("only layers on disk are stacked in view of the host");
  }

  /// Without a /dev of its own, the terminal is one of the host's.
  private void takeTerminal() {
    if (request.terminal() == RootfsRequest.Terminal.CONSOLE) {
      plan.because("open the host's terminals", "-t");
      Slot devpts = new Slot("devptsfd");
      plan.call(
          devpts, Syscall.OPENAT, AT_FDCWD, text("/dev/pts"), or(O_RDONLY, O_CLOEXEC, O_PATH));
      new ConsolePlanner(plan).openPair(devpts);
    }
  }

  private void takeDirectory(String path) {
    plan.because("take " + path + " as the root");
    plan.call(
        ROOT,
        Syscall.OPEN_TREE,
        AT_FDCWD,
        text(path),
        or(OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC, AT_RECURSIVE));
  }

  private void show(String path) {
    plan.because("show " + path + " as the root");
    plan.call(
        ROOT, Syscall.OPEN_TREE, AT_FDCWD, text(path), or(OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC));
    makeReadOnly();
  }

  /// The layer's root is made with the permissions that `/` has, whatever the umask is.
  private void mountMemory(Rootfs.InMemory memory) {
    plan.because("keep what is written in memory", "--upper");
    FilesystemContext context = new FilesystemContext(plan, "tmpfs");
    if (!memory.size().isEmpty()) {
      context.set("size", memory.size());
    }
    context.mount(MEMORY, NODEV);
    plan.call(
        Syscall.MOVE_MOUNT,
        value(MEMORY),
        text(""),
        AT_FDCWD,
        text(memory.place()),
        MOVE_MOUNT_F_EMPTY_PATH);
    plan.call(Syscall.MKDIRAT, AT_FDCWD, text(memory.overlay().upper()), mode(0755));
    plan.call(Syscall.FCHMODAT, AT_FDCWD, text(memory.overlay().upper()), mode(0755));
    plan.call(Syscall.MKDIRAT, AT_FDCWD, text(memory.overlay().work()), mode(0755));
  }

  private void mountOverlay(Rootfs.Overlay overlay) {
    switch (overlay.mounting()) {
      case LAYER_BY_LAYER -> mountLayerByLayer(overlay);
      case ONE_STRING -> mountInOneString(overlay);
    }
  }

  private void becauseOfStacking(Rootfs.Overlay overlay) {
    int layers = overlay.lowers().size();
    plan.because("stack " + layers + (layers == 1 ? " layer" : " layers") + " with overlayfs");
  }

  /// Mounts a layer that is an image on the mount point of the root, where overlayfs takes it from
  /// and where it is then covered: by the next image, in the end by the overlay. overlayfs keeps a
  /// mount of its own of each, so that those below it go away with the host's root.
  ///
  /// @return where overlayfs finds the layer
  private String reach(Rootfs.Overlay overlay, String lower) {
    if (!overlay.images().contains(lower)) {
      return lower;
    }
    plan.because("mount the image of a layer");
    plan.call(
        Syscall.MOUNT,
        text(lower),
        text(request.mountPoint()),
        text("erofs"),
        or(MountFlags.MS_RDONLY, MS_NODEV),
        NULL);
    return request.mountPoint();
  }

  private void mountLayerByLayer(Rootfs.Overlay overlay) {
    becauseOfStacking(overlay);
    FilesystemContext context = new FilesystemContext(plan, "overlay");
    for (String lower : overlay.lowers()) {
      String place = reach(overlay, lower);
      becauseOfStacking(overlay);
      context.set("lowerdir+", place);
    }
    context.set("upperdir", overlay.upper());
    context.set("workdir", overlay.work());
    if (overlay.durability() == Rootfs.Durability.VOLATILE) {
      context.set("volatile");
    }
    if (overlay.xattrs() == Rootfs.Xattrs.USER) {
      context.set("userxattr");
    }
    // A device that an image brings is a file without effect; those of /dev are in a mount of their
    // own.
    context.mount(ROOT, NODEV);
    attachRoot();
  }

  private void mountInOneString(Rootfs.Overlay overlay) {
    StringBuilder options = new StringBuilder("lowerdir=");
    String colon = "";
    for (String lower : overlay.lowers()) {
      options.append(colon).append(escape(reach(overlay, lower)).replace(":", "\\:"));
      colon = ":";
    }
    options.append(",upperdir=").append(escape(overlay.upper()));
    options.append(",workdir=").append(escape(overlay.work()));
    if (overlay.durability() == Rootfs.Durability.VOLATILE) {
      options.append(",volatile");
    }
    if (overlay.xattrs() == Rootfs.Xattrs.USER) {
      options.append(",userxattr");
    }
    becauseOfStacking(overlay);
    plan.call(
        Syscall.MOUNT,
        text("overlay"),
        text(request.mountPoint()),
        text("overlay"),
        MS_NODEV,
        text(options.toString()));
    plan.call(
        ROOT,
        Syscall.OPENAT,
        AT_FDCWD,
        text(request.mountPoint()),
        or(O_RDONLY, O_CLOEXEC, O_PATH));
  }

  private void attachRoot() {
    // pivot_root(2) takes only a root that is mounted somewhere.
    plan.call(
        Syscall.MOVE_MOUNT,
        value(ROOT),
        text(""),
        AT_FDCWD,
        text(request.mountPoint()),
        MOVE_MOUNT_F_EMPTY_PATH);
  }

  static String escape(String path) {
    return path.replace("\\", "\\\\").replace(",", "\\,");
  }
}
