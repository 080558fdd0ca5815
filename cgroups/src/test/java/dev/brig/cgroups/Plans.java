package dev.brig.cgroups;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.BrigException;
import java.util.List;

/// Limits planned for hosts that are text.
final class Plans {
  private Plans() {}

  static void assertRefused(
      TextCgroupFs fs, Resources wish, Class<? extends BrigException> type, String message) {
    assertThatThrownBy(() -> plan(fs, wish)).isInstanceOf(type).hasMessageContaining(message);
  }

  static List<String> v1(Resources wish) {
    return lines(plan(Hosts.hybrid(), wish));
  }

  static List<String> v2(Resources wish) {
    return lines(plan(Hosts.pureV2(), wish));
  }

  static List<String> lines(CgroupPlan plan) {
    return plan.writes().stream()
        .map(write -> write.file().getFileName() + " " + write.value())
        .toList();
  }

  static CgroupPlan plan(TextCgroupFs fs, Resources wish) {
    CgroupHost host = new CgroupProbe(fs).probe(wish, "brig/x");
    return new CgroupPlanner(Naming.OPTION, Privilege.ROOT).plan(wish, host, "brig/x");
  }
}
