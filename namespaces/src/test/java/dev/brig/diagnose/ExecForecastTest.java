package dev.brig.diagnose;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.diagnose.Surroundings.Execution;
import dev.brig.diagnose.Surroundings.Mounted;
import dev.brig.linux.Errno;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecForecastTest {
  private static final int X86_64 = 62;
  private static final int I386 = 3;
  private static final byte[] STATIC = MadeElf.wide(X86_64, 2, "");

  @TempDir Path folder;
  private Tree tree = new Tree(Path.of("/nowhere-yet"));

  @BeforeEach
  void plant() {
    tree = new Tree(folder).program("root/bin/true", STATIC).link("root/sbin", "/bin");
  }

  @Test
  void foretellsNothingAgainstAProgram() {
    tree.program("root/bin/script", "#!/sbin/true\n".getBytes(UTF_8));

    assertThat(tree.forecast("/bin/true")).isEmpty();
    assertThat(tree.forecast("/sbin/../sbin/true")).isEmpty();
    assertThat(tree.forecast("bin/script")).isEmpty();
  }

  @Test
  void foretellsWhichPartOfAPathIsInTheWay() {
    tree.link("root/loop", "loop");

    assertThat(tree.forecast("/bin/none")).contains(Errno.ENOENT);
    assertThat(tree.forecast("/bin/true/x")).contains(Errno.ENOTDIR);
    assertThat(tree.forecast("/bin/true/")).contains(Errno.ENOTDIR);
    assertThat(tree.forecast("/loop")).contains(Errno.ELOOP);
  }

  @Test
  void foretellsWhatAFileLacks() {
    tree.file("root/bin/unset", STATIC, "rw-r--r--")
        .program("root/bin/text", "echo\n".getBytes(UTF_8))
        .program("root/bin/dynamic", MadeElf.wide(X86_64, 3, "/lib/ld"))
        .program("root/bin/script", "#!/bin/none\n".getBytes(UTF_8));

    assertThat(tree.forecast("/bin")).contains(Errno.EACCES);
    assertThat(tree.forecast("/bin/unset")).contains(Errno.EACCES);
    assertThat(tree.forecast("/bin/text")).contains(Errno.ENOEXEC);
    assertThat(tree.forecast("/bin/dynamic")).contains(Errno.ENOENT);
    assertThat(tree.forecast("/bin/script")).contains(Errno.ENOENT);
  }

  @Test
  void knowsThatGvisorRunsNoThirtyTwoBits() {
    tree.program("root/bin/old", MadeElf.narrow(I386, ""));

    assertThat(tree.forecast("/bin/old")).contains(Errno.ENOEXEC);
  }

  @Test
  void foretellsNothingOfWhatIsNotSeenFromHere() {
    tree.mount(new Mounted("/proc", "", Execution.ALLOWED))
        .mount(new Mounted("/new", "", Execution.ALLOWED))
        .program("root/bin/script", "#!/proc/self/exe\n".getBytes(UTF_8));

    assertThat(tree.forecast("/proc/self/exe")).isEmpty();
    assertThat(tree.forecast("/bin/script")).isEmpty();
    assertThat(tree.forecast("/new/x", Set.of("/new"))).contains(Errno.ENOENT);
  }

  @Test
  void foretellsNothingOfALayerThatIsStillAnImage() {
    tree.file("layer.erofs", new byte[4096], "rw-r--r--").lower("layer.erofs");

    assertThat(tree.forecast("/usr/bin/none")).isEmpty();
  }
}
