package dev.brig.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelTest {
  @TempDir Path folder;

  private final Kernel kernel = Kernel.ofThisMachine();
  private Fd dir = Fd.CWD;

  @BeforeEach
  void openFolder() {
    dir = kernel.files().openat(Fd.CWD, folder.toString(), OpenFlag.O_RDONLY, OpenFlag.O_DIRECTORY);
  }

  @AfterEach
  void closeFolder() {
    dir.close();
  }

  private Fd create(String name, String text) {
    Fd fd =
        kernel.files().openat(dir, name, 0600, OpenFlag.O_RDWR, OpenFlag.O_CREAT, OpenFlag.O_EXCL);
    kernel.files().writeAll(fd, text.getBytes(UTF_8));
    return fd;
  }

  @Test
  void writesAndReadsBack() throws IOException {
    String text = "brig ".repeat(10_000);

    try (Fd fd = create("file", text)) {
      kernel.files().seek(fd, 0);
      byte[] back = kernel.files().readAll(fd, 1 << 20);

      assertThat(new String(back, UTF_8)).isEqualTo(text);
      assertThat(Files.readString(folder.resolve("file"))).isEqualTo(text);
    }
  }

  @Test
  void readsAtAPositionIntoDirectAndHeapBuffers() {
    try (Fd fd = create("file", "0123456789")) {
      ByteBuffer direct = ByteBuffer.allocateDirect(8).position(2);
      ByteBuffer heap = ByteBuffer.allocate(8).position(2);

      assertThat(kernel.files().pread(fd, direct, 4)).isEqualTo(6);
      assertThat(kernel.files().pread(fd, heap, 4)).isEqualTo(6);

      assertThat(direct.flip()).isEqualTo(heap.flip());
      assertThat(heap.get(2)).isEqualTo((byte) '4');
    }
  }

  @Test
  void refusesMoreThanTheReaderAccepts() {
    try (Fd fd = create("file", "0123456789")) {
      kernel.files().seek(fd, 0);

      assertThatThrownBy(() -> kernel.files().readAll(fd, 9))
          .isInstanceOfSatisfying(
              KernelException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EFBIG));
      kernel.files().seek(fd, 0);
      assertThat(kernel.files().readAll(fd, 10)).hasSize(10);
    }
  }

  @Test
  void anErrorNamesTheCallAsStraceDoes() {
    assertThatThrownBy(
            () -> kernel.files().openat(dir, "a\"b\n", OpenFlag.O_WRONLY, OpenFlag.O_NOFOLLOW))
        .isInstanceOf(KernelException.class)
        .hasMessage(
            "openat(%d, \"a\\\"b\\n\", O_WRONLY|O_NOFOLLOW|O_CLOEXEC, 00) ="
                + " ENOENT (No such file or directory)",
            dir.number());
  }

  @Test
  void aStepGoesBeforeTheCall() {
    assertThatThrownBy(() -> kernel.tree().unlinkat(Fd.CWD, "/nowhere/file"))
        .isInstanceOfSatisfying(
            KernelException.class,
            e ->
                assertThat(e.during("remove the file"))
                    .hasMessage(
                        "remove the file: unlinkat(AT_FDCWD, \"/nowhere/file\", 0) ="
                            + " ENOENT (No such file or directory)"));
  }

  @Test
  void expectedErrorsAreAnswers() {
    assertThat(kernel.files().openIfPresent(dir, "none", OpenFlag.O_RDONLY)).isEmpty();
    assertThat(kernel.tree().mkdirIfAbsent(dir, "d", 0700)).isTrue();
    assertThat(kernel.tree().mkdirIfAbsent(dir, "d", 0700)).isFalse();
    assertThat(kernel.tree().symlinkIfAbsent("x", dir, "l")).isTrue();
    assertThat(kernel.tree().symlinkIfAbsent("y", dir, "l")).isFalse();
    assertThat(kernel.tree().readlinkIfLink(dir, "l")).contains("x");
    assertThat(kernel.tree().readlinkIfLink(dir, "d")).isEmpty();
    assertThat(kernel.tree().unlinkIfPresent(dir, "l")).isTrue();
    assertThat(kernel.tree().unlinkIfPresent(dir, "l")).isFalse();
    assertThat(kernel.tree().rmdirIfPresent(dir, "d")).isTrue();
    assertThat(kernel.attributes().statIfPresent(dir, "d", Links.FOLLOW)).isEmpty();
    assertThat(kernel.files().createIfAbsent(dir, "f", 0600, OpenFlag.O_WRONLY)).isPresent();
    assertThat(kernel.files().createIfAbsent(dir, "f", 0600, OpenFlag.O_WRONLY)).isEmpty();
  }

  @Test
  void aPathInARootStaysInIt() throws IOException {
    Files.createDirectories(folder.resolve("etc"));
    Files.writeString(folder.resolve("etc/passwd"), "inside");
    Files.createSymbolicLink(folder.resolve("up"), Path.of("../../../../../etc"));

    try (Fd fd = kernel.files().openat2(dir, "up/passwd", OpenHow.inRoot(OpenFlag.O_RDONLY))) {
      assertThat(new String(kernel.files().readAll(fd, 1000), UTF_8)).isEqualTo("inside");
    }
    assertThat(kernel.files().tryOpenat2(dir, "up/passwd", OpenHow.beneath(OpenFlag.O_RDONLY)))
        .isEqualTo(new OpenResult.Refused(Errno.ELOOP));
    assertThatThrownBy(
            () -> kernel.files().openat2(dir, "../x", OpenHow.beneath(OpenFlag.O_RDONLY)))
        .hasMessageContaining(
            "openat2(%d, \"../x\", {flags=O_RDONLY|O_CLOEXEC, mode=00,"
                + " resolve=RESOLVE_NO_SYMLINKS|RESOLVE_BENEATH}, 24) = EXDEV",
            dir.number());
  }

  @Test
  void keepsNamesThatAreNotUtf8() {
    byte[] name = {'a', (byte) 0xff, (byte) 0xc3, (byte) 0xa9, (byte) 0xe2, (byte) 0x82};

    create(KernelText.decode(name), "").close();
    List<DirectoryEntry> entries = kernel.tree().list(dir);

    assertThat(entries).hasSize(1);
    assertThat(KernelText.encode(entries.getFirst().name())).isEqualTo(name);
    assertThat(entries.getFirst().type()).isEqualTo(FileType.REGULAR);
  }

  @Test
  void listsADirectoryOfAnySizeTwice() {
    for (int i = 0; i < 500; i++) {
      kernel
          .tree()
          .mkdirat(
              dir,
              "a-rather-long-name-of-a-directory-that-fills-the-buffer-of-getdents-" + i,
              0700);
    }

    assertThat(kernel.tree().list(dir)).hasSize(500);
    assertThat(kernel.tree().list(dir))
        .hasSize(500)
        .allMatch(entry -> entry.type() == FileType.DIRECTORY);
  }

  @Test
  void setsAttributesOfALinkItself() {
    kernel.tree().symlinkat("nowhere", dir, "link");

    try (Fd link = kernel.files().openat(dir, "link", OpenFlag.O_PATH, OpenFlag.O_NOFOLLOW)) {
      kernel
          .attributes()
          .setTimes(link, new Timestamp(-5, 999_999_999), new Timestamp(1_000_000_000_000L, 7));
      FileStatus status = kernel.attributes().stat(dir, "link", Links.NOFOLLOW);

      assertThat(status.type()).isEqualTo(FileType.SYMLINK);
      assertThat(status.accessed().nanos()).isEqualTo(999_999_999);
      assertThat(status.sizeBytes()).isEqualTo(7);
      assertThat(status.sameFile(kernel.attributes().stat(link))).isTrue();
      assertThat(kernel.tree().readlinkat(link, "")).isEqualTo("nowhere");
    }
  }

  @Test
  void changesModesThroughAPathDescriptor() {
    create("file", "").close();

    try (Fd fd = kernel.files().openat(dir, "file", OpenFlag.O_PATH)) {
      kernel.attributes().chmod(fd, 04711);

      assertThat(kernel.attributes().stat(fd).permissions()).isEqualTo(04711);
    }
  }

  @Test
  void keepsExtendedAttributesAsBytes() {
    byte[] value = new byte[3000];
    value[3] = (byte) 0xff;
    create("file", "").close();

    try (Fd fd = kernel.files().openat(dir, "file", OpenFlag.O_PATH)) {
      // More than a first try has room for, less than ext4 can store; trusted ones need root.
      String name = kernel.processes().euid() == 0 ? "trusted.brig" : "user.brig";
      kernel.xattrs().set(fd, name, value);

      assertThat(kernel.xattrs().get(fd, name).orElseThrow()).isEqualTo(value);
      assertThat(kernel.xattrs().list(fd)).contains(name);
      kernel.xattrs().remove(fd, name);
      assertThat(kernel.xattrs().get(fd, name)).isEmpty();
      assertThatThrownBy(() -> kernel.xattrs().remove(fd, name)).hasMessageContaining("ENODATA");
    }
  }

  @Test
  void locksExcludeEachOther() {
    create("lock", "").close();

    try (Fd other = kernel.files().openat(dir, "lock", OpenFlag.O_RDONLY)) {
      try (Fd one = kernel.files().openat(dir, "lock", OpenFlag.O_RDONLY)) {
        assertThat(kernel.files().tryLock(one, Lock.EXCLUSIVE)).isTrue();
        assertThat(kernel.files().tryLock(other, Lock.SHARED)).isFalse();
      }
      assertThat(kernel.files().tryLock(other, Lock.SHARED)).isTrue();
    }
  }

  @Test
  void copiesInsideTheKernelWithSixArguments() {
    try (Fd source = create("source", "0123456789");
        Fd target = create("target", "")) {
      kernel.files().seek(source, 0);

      assertThat(kernel.files().copyFileRange(source, target, 100)).isEqualTo(10);
      assertThat(kernel.attributes().stat(target).sizeBytes()).isEqualTo(10);
    }
  }

  @Test
  void sealsAProgramInMemory() {
    try (Fd memfd = kernel.processes().memfdCreate("program")) {
      kernel.files().writeAll(memfd, "x".getBytes(UTF_8));
      kernel.processes().seal(memfd);

      assertThatThrownBy(() -> kernel.files().writeAll(memfd, "y".getBytes(UTF_8)))
          .hasMessageContaining("EPERM");
    }
  }

  @Test
  void tracesEachCallWithItsResult() {
    List<String> lines = new ArrayList<>();
    Kernel traced = kernel.tracedTo(lines::add);

    boolean made = traced.tree().mkdirIfAbsent(dir, "d", 0750);
    boolean again = traced.tree().mkdirIfAbsent(dir, "d", 0750);

    assertThat(made).isNotEqualTo(again);
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst())
        .matches("mkdirat\\(" + dir.number() + ", \"d\", 0750\\) = 0 <\\d+ us>");
    assertThat(lines.getLast()).contains(" = -1 EEXIST (File exists) <");
  }

  @Test
  void failsTheChosenCallOnly() {
    Kernel faulty = kernel.failing(new Fault(2, Fault.Extent.ONCE, Errno.ENOSPC));

    faulty.tree().mkdirat(dir, "a", 0700);
    assertThatThrownBy(() -> faulty.tree().mkdirat(dir, "b", 0700)).hasMessageContaining("ENOSPC");
    faulty.tree().mkdirat(dir, "c", 0700);

    assertThat(kernel.tree().list(dir))
        .extracting(DirectoryEntry::name)
        .containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void aClosedDescriptorHasNoNumber() {
    Fd fd = create("file", "");
    fd.close();
    fd.close();

    assertThatThrownBy(fd::number).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void takesAThreadForNoProcess() throws IOException {
    String own = Long.toString(ProcessHandle.current().pid());
    try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      int thread =
          threads
              .map(path -> path.getFileName().toString())
              .filter(name -> !name.equals(own))
              .mapToInt(Integer::parseInt)
              .findFirst()
              .orElseThrow();

      assertThat(kernel.processes().pidfdOpen(thread)).isEmpty();
    }
  }

  @Test
  void waitsForAChildThroughItsDescriptor() throws IOException, InterruptedException {
    Process child = new ProcessBuilder("sleep", "60").start();

    Fd pidfd = kernel.processes().pidfdOpen((int) child.pid()).orElseThrow();
    assertThat(kernel.processes().pidfdSendSignal(pidfd, Signal.SIGTERM.number())).isTrue();

    assertThat(child.waitFor()).isEqualTo(128 + 15);
    assertThat(kernel.processes().pidfdSendSignal(pidfd, 0)).isFalse();
    pidfd.close();
  }
}
