package dev.brig.runtime.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FailedStepTest {
  @Test
  void separatesTheReasonFromTheCall() {
    FailedStep step = FailedStep.parse(14, 1, "bind a: b to /c: mount(\"a: b\", \"/c\") ");

    assertThat(step.step()).isEqualTo("bind a: b to /c");
    assertThat(step.call()).startsWith("mount(");
    assertThat(step.errno()).isEqualTo(Errno.EPERM);
  }

  @Test
  void keepsATextWithoutACallWhole() {
    assertThat(FailedStep.parse(1, 2, "?").step()).isEqualTo("?");
  }

  @ParameterizedTest
  @CsvSource({
    "execute /bin/x: execve(\"/bin/x\"), 2, 127",
    "execute /bin/x: execve(\"/bin/x\"), 13, 126",
    "execute /bin/x: execve(\"/bin/x\"), 8, 126",
    "mount proc on /proc: fsopen(\"proc\"), 2, 125",
  })
  void endsWithTheStatusOfTheField(String text, int errno, int status) {
    assertThat(FailedStep.parse(1, errno, text).exitStatus()).isEqualTo(status);
  }
}
