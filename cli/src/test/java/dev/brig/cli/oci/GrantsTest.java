package dev.brig.cli.oci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class GrantsTest {
  private final List<String> warnings = new ArrayList<>();

  private static Process asking(List<String> names) {
    LinuxCapabilities sets = new LinuxCapabilities(names, names, names, names, names);
    return Process.builder().cwd("/").args(List.of("a")).capabilities(sets).build();
  }

  @Test
  void leavesOutWhatDoesNotExistOrCanNotBeGrantedAndTellsOfIt() {
    Process process =
        new Grants(1 | 1 << 5, warnings::add)
            .apply(asking(List.of("CAP_CHOWN", "CAP_NO_SUCH", "CAP_KILL", "CAP_SYS_ADMIN")));

    LinuxCapabilities left = Objects.requireNonNull(process.capabilities());
    assertThat(left.bounding()).containsExactly("CAP_CHOWN", "CAP_KILL");
    assertThat(left.ambient()).containsExactly("CAP_CHOWN", "CAP_KILL");
    assertThat(warnings).singleElement().asString().endsWith(": CAP_NO_SUCH, CAP_SYS_ADMIN");
  }

  @Test
  void saysNothingWhereAllIsGranted() {
    Process process = asking(List.of("CAP_CHOWN"));

    assertThat(new Grants(1, warnings::add).apply(process)).isSameAs(process);
    assertThat(warnings).isEmpty();
  }

  @Test
  void readsWhatTheCallerHas() {
    assertThat(Grants.own("Name:\tx\nCapInh:\t0\nCapPrm:\t000001feffffffff\nCapEff:\t1\n"))
        .isEqualTo(0x1feffffffffL);
    assertThat(Grants.own("Name:\tx\n")).isEqualTo(-1);
  }
}
