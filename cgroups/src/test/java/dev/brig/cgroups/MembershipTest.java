package dev.brig.cgroups;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MembershipTest {
  private static final String MEMBERSHIPS = "5:pids:/brig/x\n2:cpu,cpuacct:/\n0::/\n";

  @Test
  void findsAMember() {
    assertThat(member("/sys/fs/cgroup/pids/brig/x")).isTrue();
  }

  @Test
  void findsNoMemberOfAnotherCgroup() {
    assertThat(member("/sys/fs/cgroup/pids/brig/xy")).isFalse();
    assertThat(member("/sys/fs/cgroup/cpu,cpuacct/brig/y")).isFalse();
  }

  @Test
  void takesAProcessThatEndedForNoMember() {
    assertThat(KernelCgroupFs.isMember("", Path.of("/sys/fs/cgroup/pids/brig/x"))).isFalse();
  }

  private static boolean member(String cgroup) {
    return KernelCgroupFs.isMember(MEMBERSHIPS, Path.of(cgroup));
  }
}
