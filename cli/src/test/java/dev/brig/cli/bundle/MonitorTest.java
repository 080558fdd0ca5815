package dev.brig.cli.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Root;
import dev.brig.runtime.spec.Spec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MonitorTest {
  /// runsc passes over words that it does not know; a volume would be writable without one.
  @Test
  void tellsGvisorOfReadOnlyMountsInItsOwnWords() {
    Spec inside =
        Spec.builder("1.2.0", new Root("rootfs", /* readonly= */ false))
            .process(Process.builder().args(List.of("true")).build())
            .mounts(List.of(new Mount("/mnt", "bind", "/srv", List.of("rbind", "rro", "rnoexec"))))
            .linux(Linux.builder().build())
            .build();
    Monitor monitor = new Monitor("/run/brig/c", List.of());

    Bundle bundle =
        monitor.around(
            new Bundle(inside, inside, Map.of(), List.of()),
            "/var/lib/brig/c",
            new Monitor.Gvisor("/usr/bin/runsc", "ptrace"),
            "c");

    assertThat(bundle.files().get(Monitor.GUEST))
        .containsPattern("\"rbind\",\\s+\"ro\",\\s+\"noexec\"")
        .doesNotContain("rro");
  }
}
