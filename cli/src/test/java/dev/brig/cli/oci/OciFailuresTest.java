package dev.brig.cli.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class OciFailuresTest {
  private static final String EXECUTION = "execute /bin/x: execve(\"/bin/x\", [\"x\"], [])";

  @Test
  void saysInRuncsWordsThatACommandIsMissing() {
    assertThat(OciFailures.ofCommand("x", 9, 2, EXECUTION))
        .hasMessage("exec: \"x\": executable file not found in $PATH");
    assertThat(OciFailures.ofCommand("/bin/x", 9, 2, EXECUTION))
        .hasMessage("exec: \"/bin/x\": no such file or directory");
    assertThat(OciFailures.of(9, 13, EXECUTION)).hasMessage("exec: \"/bin/x\": permission denied");
  }

  @Test
  void tellsAHooksStatusFromAnErrorNumber() {
    String text = "run the createRuntime hook /bin/h: execve(\"/bin/h\", [], [])";

    assertThat(OciFailures.of(9, 4096 + 3, text))
        .hasMessage("run the createRuntime hook /bin/h: exit status 3");
  }

  @Test
  void givesACommandItsHomeFromThePasswdOfItsRoot() {
    String passwd = "root:x:0:0::/root:/bin/sh\nu:x:5:5::/home/u:/bin/sh\n";

    assertThat(Bundle.withHome(List.of("A=1", "HOME=", "A=2"), passwd, 5))
        .containsExactly("A=2", "HOME=/home/u");
    assertThat(Bundle.withHome(List.of("HOME=/x"), passwd, 5)).containsExactly("HOME=/x");
    assertThat(Bundle.withHome(List.of(), passwd, 77)).containsExactly("HOME=/");
  }
}
