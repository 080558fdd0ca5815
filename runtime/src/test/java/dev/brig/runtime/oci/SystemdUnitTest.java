package dev.brig.runtime.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.cgroups.CgroupWrite;
import dev.brig.error.UsageException;
import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.Root;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where systemd has a container's cgroup: systemd.slice(5) says how slices are nested.
class SystemdUnitTest {
  private static SystemdUnit unit(String cgroupsPath) {
    Linux linux = Linux.builder().cgroupsPath(cgroupsPath).build();
    return SystemdUnit.of(
        "c1", Spec.builder("1.3.0", new Root("/r", /* readonly= */ false)).linux(linux).build());
  }

  @ParameterizedTest
  @CsvSource({
    "machine.slice:libpod:x, machine.slice/libpod-x.scope",
    "kube-pod-a.slice:cri:x, kube.slice/kube-pod.slice/kube-pod-a.slice/cri-x.scope",
    "-.slice:p:x, p-x.scope",
    ":p:x, system.slice/p-x.scope",
    "user.slice::x, user.slice/x.scope",
    "user.slice:p:user-x.slice, user.slice/user-x.slice",
    "'', system.slice/brig-c1.scope"
  })
  void liesWhereSystemdPutsIt(String cgroupsPath, String expected) {
    assertThat(unit(cgroupsPath).path()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/a/b", "a:b", "a:b:c:d", "machine.slice:p:", "machine:p:x", "a/b.slice:p:x"})
  void isNotMadeOfWhatNamesNone(String cgroupsPath) {
    assertThatThrownBy(() -> unit(cgroupsPath))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("/linux/cgroupsPath");
  }

  @Test
  void isToldOfLimitsInItsOwnWords() {
    Path cgroup = Path.of("/sys/fs/cgroup/machine.slice/p-x.scope");
    List<String> call =
        unit("machine.slice:p:x")
            .change(
                List.of(
                    new CgroupWrite(cgroup.resolve("memory.max"), "4096", "", ""),
                    new CgroupWrite(cgroup.resolve("pids.max"), "max", "", ""),
                    new CgroupWrite(cgroup.resolve("cpu.max"), "50000 200000", "", ""),
                    new CgroupWrite(
                        Path.of("/sys/fs/cgroup/cgroup.subtree_control"), "+x", "", "")));

    assertThat(String.join(" ", call))
        .isEqualTo(
            "SetUnitProperties sba(sv) p-x.scope true 4 MemoryMax t 4096 TasksMax t"
                + " 18446744073709551615 CPUQuotaPerSecUSec t 250000 CPUQuotaPeriodUSec t 200000");
  }
}
