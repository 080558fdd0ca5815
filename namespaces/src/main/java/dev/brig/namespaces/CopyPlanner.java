package dev.brig.namespaces;

import static dev.brig.namespaces.Abi.AT_FDCWD;
import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.O_CLOEXEC;
import static dev.brig.namespaces.Abi.O_CREAT;
import static dev.brig.namespaces.Abi.O_EXCL;
import static dev.brig.namespaces.Abi.O_NONBLOCK;
import static dev.brig.namespaces.Abi.O_RDONLY;
import static dev.brig.namespaces.Abi.O_WRONLY;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.mode;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.or;
import static dev.brig.namespaces.Abi.text;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Buffer;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Makes the steps that copy a tree: what an image has where a tmpfs or a new volume is mounted.
///
/// A walk needs a stack, and a plan has none; the kernel has. The directory at depth n and its copy
/// are the descriptors 300 + 2n and 301 + 2n, and how far the directory was read is its offset.
///
/// ```
///   read      getdents64 ── end ──▶ up:   attributes, close both, depth - 1, or done
///   entry     statx ─┬─ directory ▶ down: offset behind it, open both, depth + 1
///                    ├─ file, link, fifo, socket: copied with owner, mode, times, attributes
///                    └─ device: left out, it would have no effect there
/// ```
///
/// Names are opened with `RESOLVE_NO_SYMLINKS`: below a bind mount somebody may be exchanging a
/// file for a link while it is copied. What is there already stays.
final class CopyPlanner {
  private static final int FD_FIRST = 300;
  private static final int NAME = 19;
  private static final long S_IFMT = 0xf000;
  private static final long S_IFIFO = 0x1000;
  private static final long S_IFDIR = 0x4000;
  private static final long S_IFREG = 0x8000;
  private static final long S_IFLNK = 0xa000;
  private static final long S_IFSOCK = 0xc000;

  // What is copied may be alive: the machine's own root, or what was bound below the mount.
  private static final Set<Errno> GONE = Set.of(Errno.ENOENT, Errno.ELOOP, Errno.ENOTDIR);

  private static final Num NO_SYMLINKS = new Num(4, "RESOLVE_NO_SYMLINKS");
  private static final Num NOFOLLOW = new Num(0x100, "AT_SYMLINK_NOFOLLOW");
  // As strace writes the flags of statx(2), whose zero has a name.
  private static final Num OF_LINK = new Num(0x100, "AT_STATX_SYNC_AS_STAT|AT_SYMLINK_NOFOLLOW");
  private static final Num OF_FD = new Num(0x1000, "AT_STATX_SYNC_AS_STAT|AT_EMPTY_PATH");
  private static final Num BASIC = new Num(0x7ff, "STATX_BASIC_STATS");

  private static final Buffer ENTRIES = new Buffer("entries", 4096);
  private static final Buffer STATX = new Buffer("statx", 256);
  private static final Buffer LINK = new Buffer("link", 4096);

  private static final Slot TAKEN = new Slot("source directory");
  private static final Slot ZEROES = new Slot("zerofd");
  private static final Slot FROM = new Slot("fromfd");
  private static final Slot INTO = new Slot("intofd");
  private static final Slot COUNT = new Slot("entry bytes");
  private static final Slot ENTRY = new Slot("entry");
  private static final Slot NEXT = new Slot("next entry");
  private static final Slot NAME_AT = new Slot("name");
  private static final Slot PLACE = new Slot("place");
  private static final Slot MODE = new Slot("stx_mode");
  private static final Slot TYPE = new Slot("type");
  private static final Slot UID = new Slot("stx_uid");
  private static final Slot GID = new Slot("stx_gid");
  private static final Slot READER = new Slot("reader");
  private static final Slot WRITER = new Slot("writer");
  private static final Slot DEEPER = new Slot("deeper fd");
  private static final Slot[] TIMES = {
    new Slot("atime sec"), new Slot("atime nsec"), new Slot("mtime sec"), new Slot("mtime nsec")
  };

  private static final Operand ENTRY_NAME = new Operand.BufferAt(ENTRIES, NAME_AT);

  private final PlanBuilder plan;
  private final AttributeCopyPlanner attributes;

  CopyPlanner(PlanBuilder plan) {
    this.plan = plan;
    this.attributes = new AttributeCopyPlanner(plan);
  }

  /// Appends the step that opens the directory at a place, before something is mounted there.
  void takeSource(Place place) {
    Operand name = text(place.name().isEmpty() ? "." : place.name());
    plan.call(TAKEN, Syscall.OPENAT, value(place.directory()), name, or(O_RDONLY, O_CLOEXEC));
  }

  /// Whether the directory that a tree is copied into becomes like the one that it is copied from.
  enum Top {
    /// It gets its owner, mode and times.
    COPIED,
    /// It has what was asked for.
    KEPT
  }

  /// Appends the copying.
  ///
  /// @param target the descriptor of the directory that the contents go into
  void copyTo(Slot target, Top top) {
    Label read = plan.label("read entries");
    Label up = plan.label("directory copied");
    Label done = plan.label("tree copied");
    plan.call(ZEROES, Syscall.OPENAT, AT_FDCWD, text("/dev/zero"), or(O_RDONLY, O_CLOEXEC));
    // Opened anew: a descriptor of O_PATH can't have its owner changed.
    plan.call(DEEPER, Syscall.OPENAT, value(target), text("."), or(O_RDONLY, O_CLOEXEC));
    plan.call(Syscall.DUP3, value(TAKEN), num(FD_FIRST), O_CLOEXEC);
    plan.call(Syscall.DUP3, value(DEEPER), num(FD_FIRST + 1L), O_CLOEXEC);
    plan.call(Syscall.CLOSE, value(TAKEN));
    plan.call(Syscall.CLOSE, value(DEEPER));
    plan.add(new Op.Assign(FROM, num(FD_FIRST)));
    plan.add(new Op.Assign(INTO, num(FD_FIRST + 1L)));
    plan.mark(read);
    entries(read, up);
    plan.mark(up);
    leave(read, done, top);
    plan.mark(done);
    plan.call(Syscall.CLOSE, value(ZEROES));
  }

  private void entries(Label read, Label up) {
    Label entry = plan.label("entry");
    Label real = plan.label("entry to copy");
    Label next = plan.label("next entry");
    plan.call(COUNT, Syscall.GETDENTS64, value(FROM), at(ENTRIES), num(ENTRIES.sizeBytes()));
    plan.branch(COUNT, Condition.EQUAL, 0, up);
    plan.add(new Op.Assign(NEXT, ZERO));
    plan.mark(entry);
    plan.add(new Op.Compute(PLACE, NEXT, Arithmetic.SUBTRACT, value(COUNT)));
    plan.branch(PLACE, Condition.AT_LEAST, 0, read);
    plan.add(new Op.Assign(ENTRY, value(NEXT)));
    plan.add(new Op.Compute(PLACE, ENTRY, Arithmetic.ADD, num(16)));
    plan.add(new Op.LoadAt(PLACE, ENTRIES, PLACE, 2));
    plan.add(new Op.Compute(NEXT, ENTRY, Arithmetic.ADD, value(PLACE)));
    plan.add(new Op.Compute(NAME_AT, ENTRY, Arithmetic.ADD, num(NAME)));
    skipDots(real, entry);
    plan.mark(real);
    status(new OnError.Divert(GONE, next), value(FROM), ENTRY_NAME, OF_LINK);
    byType(read, next);
    plan.mark(next);
    plan.jump(entry);
  }

  /// Appends the tests for `.` and `..`.
  private void skipDots(Label real, Label entry) {
    Slot letter = new Slot("letter");
    plan.add(new Op.LoadAt(letter, ENTRIES, NAME_AT, 1));
    plan.branch(letter, Condition.NOT_EQUAL, '.', real);
    for (int i = 1; i <= 2; i++) {
      plan.add(new Op.Compute(PLACE, NAME_AT, Arithmetic.ADD, num(i)));
      plan.add(new Op.LoadAt(letter, ENTRIES, PLACE, 1));
      plan.branch(letter, Condition.EQUAL, 0, entry);
      if (i == 1) {
        plan.branch(letter, Condition.NOT_EQUAL, '.', real);
      }
    }
  }

  private void byType(Label read, Label next) {
    Label directory = plan.label("copy a directory");
    Label file = plan.label("copy a file");
    Label link = plan.label("copy a link");
    Label other = plan.label("copy a fifo or socket");
    plan.branch(TYPE, Condition.EQUAL, S_IFDIR, directory);
    plan.branch(TYPE, Condition.EQUAL, S_IFREG, file);
    plan.branch(TYPE, Condition.EQUAL, S_IFLNK, link);
    plan.branch(TYPE, Condition.EQUAL, S_IFIFO, other);
    plan.branch(TYPE, Condition.EQUAL, S_IFSOCK, other);
    plan.jump(next);
    plan.mark(directory);
    enter(read, next);
    plan.mark(file);
    copyFile(next);
    plan.jump(next);
    plan.mark(link);
    copyLink(next);
    plan.jump(next);
    plan.mark(other);
    divertExisting(next, Syscall.MKNODAT, value(INTO), ENTRY_NAME, value(MODE), ZERO);
    ownAndDate(ENTRY_NAME, NOFOLLOW);
  }

  private void divertExisting(Label next, Syscall syscall, Operand... arguments) {
    OnError exists = new OnError.Divert(EnumSet.of(Errno.EEXIST), next);
    plan.call(Slot.UNUSED, exists, syscall, arguments);
  }

  private void enter(Label read, Label next) {
    plan.add(new Op.LoadAt(PLACE, ENTRIES, placeOfOffset(), 8));
    plan.call(Syscall.LSEEK, value(FROM), value(PLACE), new Num(0, "SEEK_SET"));
    open(READER, new OnError.Divert(GONE, next), FROM, or(O_RDONLY, O_CLOEXEC));
    plan.tolerate(Errno.EEXIST, Syscall.MKDIRAT, value(INTO), ENTRY_NAME, mode(0700));
    open(WRITER, new OnError.Abort(), INTO, or(O_RDONLY, O_CLOEXEC));
    deepen(FROM, READER);
    deepen(INTO, WRITER);
    plan.jump(read);
  }

  private Slot placeOfOffset() {
    plan.add(new Op.Compute(PLACE, ENTRY, Arithmetic.ADD, num(8)));
    return PLACE;
  }

  private void deepen(Slot level, Slot opened) {
    plan.add(new Op.Compute(level, level, Arithmetic.ADD, num(2)));
    plan.call(Syscall.DUP3, value(opened), value(level), O_CLOEXEC);
    plan.call(Syscall.CLOSE, value(opened));
  }

  private void open(Slot opened, OnError onError, Slot directory, Num flags) {
    plan.call(
        opened, onError, Syscall.OPENAT2, value(directory), ENTRY_NAME, how(flags, 0), num(24));
  }

  private static Struct how(Num flags, int permissions) {
    return new Struct(
        List.of(
            new Field("flags", 8, flags),
            new Field("mode", 8, permissions == 0 ? ZERO : mode(permissions)),
            new Field("resolve", 8, NO_SYMLINKS)));
  }

  private void copyFile(Label next) {
    Label more = plan.label("more bytes");
    // Not waiting for a fifo that took the file's place.
    OnError gone = new OnError.Divert(GONE, next);
    open(READER, gone, FROM, or(O_RDONLY, O_NONBLOCK, O_CLOEXEC));
    Label there = plan.label("file is there");
    Label made = plan.label("file is made");
    Num flags = or(O_WRONLY, O_CREAT, O_EXCL, O_CLOEXEC);
    plan.call(
        WRITER,
        new OnError.Divert(EnumSet.of(Errno.EEXIST), there),
        Syscall.OPENAT2,
        value(INTO),
        ENTRY_NAME,
        how(flags, 0600),
        num(24));
    plan.jump(made);
    plan.mark(there);
    plan.call(Syscall.CLOSE, value(READER));
    plan.jump(next);
    plan.mark(made);
    plan.mark(more);
    plan.call(PLACE, Syscall.SENDFILE, value(WRITER), value(READER), NULL, num(0x7ffff000L));
    plan.branch(PLACE, Condition.AT_LEAST, 1, more);
    plan.call(Syscall.FCHOWN, value(WRITER), value(UID), value(GID));
    plan.call(Syscall.FCHMOD, value(WRITER), value(MODE));
    attributes.copy(READER, WRITER);
    plan.call(Syscall.UTIMENSAT, value(WRITER), NULL, times(), ZERO);
    plan.call(Syscall.CLOSE, value(READER));
    plan.call(Syscall.CLOSE, value(WRITER));
  }

  private void copyLink(Label next) {
    // Zeroes first: readlink(2) ends its answer with none.
    plan.call(Syscall.READ, value(ZEROES), at(LINK), num(LINK.sizeBytes()));
    Operand room = num(LINK.sizeBytes() - 1L);
    plan.call(Syscall.READLINKAT, value(FROM), ENTRY_NAME, at(LINK), room);
    divertExisting(next, Syscall.SYMLINKAT, at(LINK), value(INTO), ENTRY_NAME);
    ownAndDate(ENTRY_NAME, NOFOLLOW);
  }

  private void ownAndDate(Operand name, Num flags) {
    plan.call(Syscall.FCHOWNAT, value(INTO), name, value(UID), value(GID), flags);
    plan.call(Syscall.UTIMENSAT, value(INTO), name, times(), flags);
  }

  /// Appends what gives a copied directory its attributes and goes back to the one above.
  private void leave(Label read, Label done, Top top) {
    Label kept = plan.label("attributes kept");
    if (top == Top.KEPT) {
      plan.branch(FROM, Condition.EQUAL, FD_FIRST, kept);
    }
    status(new OnError.Abort(), value(FROM), text(""), OF_FD);
    plan.call(Syscall.FCHOWN, value(INTO), value(UID), value(GID));
    plan.call(Syscall.FCHMOD, value(INTO), value(MODE));
    attributes.copy(FROM, INTO);
    plan.call(Syscall.UTIMENSAT, value(INTO), NULL, times(), ZERO);
    plan.mark(kept);
    plan.call(Syscall.CLOSE, value(FROM));
    plan.call(Syscall.CLOSE, value(INTO));
    plan.branch(FROM, Condition.EQUAL, FD_FIRST, done);
    plan.add(new Op.Compute(FROM, FROM, Arithmetic.SUBTRACT, num(2)));
    plan.add(new Op.Compute(INTO, INTO, Arithmetic.SUBTRACT, num(2)));
    plan.jump(read);
  }

  /// Appends statx(2), whose structure is the same on every machine, and takes from it what a copy
  /// needs.
  private void status(OnError onError, Operand directory, Operand name, Num flags) {
    plan.call(Slot.UNUSED, onError, Syscall.STATX, directory, name, flags, BASIC, at(STATX));
    plan.load(UID, STATX, 20, 4);
    plan.load(GID, STATX, 24, 4);
    plan.load(MODE, STATX, 28, 2);
    plan.load(TIMES[0], STATX, 64, 8);
    plan.load(TIMES[1], STATX, 72, 4);
    plan.load(TIMES[2], STATX, 112, 8);
    plan.load(TIMES[3], STATX, 120, 4);
    plan.add(new Op.Compute(TYPE, MODE, Arithmetic.AND, num(S_IFMT)));
  }

  private static Operand times() {
    return new Operand.Array(List.of(time(TIMES[0], TIMES[1]), time(TIMES[2], TIMES[3])));
  }

  private static Struct time(Slot seconds, Slot nanos) {
    return new Struct(
        List.of(new Field("tv_sec", 8, value(seconds)), new Field("tv_nsec", 8, value(nanos))));
  }
}
