package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An ordinary user compares, copies and keeps what its containers have in their files, whosever
/// they are.
class RootlessFilesIT {
  private static final String WRITE = "umask 077; mkdir -p /home/u/d && echo x >/home/u/d/f";

  private OrdinaryUser user = OrdinaryUser.NOBODY;

  @AfterEach
  void leavesNothing() throws IOException, InterruptedException {
    user.remove();
  }

  private void written() throws IOException, InterruptedException {
    user = OrdinaryUser.with(OrdinaryUser.Ids.RANGES);
    String _ = user.ok("import", user.archive().toString(), "many");
    String _ = user.ok("run", "--name", "c", "-u", "u", "many", "sh", "-c", WRITE);
  }

  @Test
  void seesAndCommitsWhatAnotherIdWrote() throws IOException, InterruptedException {
    written();

    assertThat(user.ok("diff", "c")).isEqualTo("C /home\nC /home/u\nA /home/u/d\nA /home/u/d/f\n");
    String _ = user.ok("commit", "c", "committed");
    assertThat(user.ok("run", "--rm", "committed", "stat", "-c", "%u:%g %a", "/home/u/d/f"))
        .isEqualTo("1000:1000 600\n");
    String list = "tar -tvf - --numeric-owner | grep home/u/d/f";
    assertThat(user.shell(Checkout.root().resolve("brig") + " export c | " + list).out())
        .startsWith("-rw------- 1000/1000 ");
  }

  @Test
  void copiesInAndOutWhetherItRunsOrNot() throws IOException, InterruptedException {
    written();
    String out = user.state() + "/own/";
    String _ = user.ok("run", "-d", "--name", "r", "-u", "u", "many", "sleep", "100");
    String _ = user.ok("exec", "r", "sh", "-c", WRITE);

    for (String container : new String[] {"c", "r"}) {
      assertThat(user.ok("cp", container + ":/home/u/d/f", out + container)).isEmpty();
      assertThat(user.shell("stat -c %U " + out + container + "; cat " + out + container).out())
          .isEqualTo("brigtest\nx\n");
      assertThat(user.ok("cp", out + container, container + ":/home/u/in")).isEmpty();
      assertThat(user.ok("cp", container + ":/home/u/in", out + "back")).isEmpty();
      assertThat(user.shell("cat " + out + "back").out()).isEqualTo("x\n");
    }
    assertThat(user.ok("exec", "-u", "0", "r", "stat", "-c", "%u", "/home/u/in")).isEqualTo("0\n");
  }

  @Test
  void keepsAndBringsBack() throws IOException, InterruptedException {
    written();

    assertThat(user.ok("snapshot", "c", "one")).isEqualTo("one\n");
    String _ = user.ok("clone", "c", "copy");
    assertThat(user.ok("diff", "copy")).contains("A /home/u/d/f");
    String _ = user.ok("rollback", "c", "one");
    assertThat(user.ok("diff", "c")).contains("A /home/u/d/f");
    String brig = Checkout.root().resolve("brig").toString();
    assertThat(user.shell(brig + " send c | " + brig + " receive --name got").err()).isEmpty();
    assertThat(user.ok("diff", "got", "c")).isEmpty();
    for (String container : new String[] {"c", "copy", "got"}) {
      assertThat(user.ok("rm", container)).isEqualTo(container + "\n");
    }
    user.hasNoContainersLeft();
  }

  @ParameterizedTest
  @EnumSource(names = {"NO_RANGE", "NO_NEWUIDMAP"})
  void doesTheSameWithOneIdOnly(OrdinaryUser.Ids ids) throws IOException, InterruptedException {
    user = OrdinaryUser.with(ids);
    var _ = user.brig("import", user.archive().toString(), "many");
    String _ = user.ok("run", "--name", "c", "many", "sh", "-c", "echo x >/new");

    assertThat(user.ok("diff", "c")).isEqualTo("A /new\n");
    String _ = user.ok("commit", "c", "committed");
    assertThat(user.ok("run", "--rm", "committed", "cat", "/new")).isEqualTo("x\n");
  }
}
