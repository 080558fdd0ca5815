package dev.brig.cgroups;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.cgroups.DeviceRule.Kind;
import dev.brig.cgroups.DeviceRule.Verdict;
import dev.brig.error.UnsupportedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Holds the BPF program and the writes to the v1 controller against the plain meaning of the
/// rules, each executed by a model of what the kernel does.
class DeviceLimitsTest {
  private static final int LISTS = 1_500;
  private static final List<Kind> KINDS = List.of(Kind.ALL, Kind.CHARACTER, Kind.BLOCK);

  @Test
  void programDecidesAsTheLastMatchingRuleForEachBit() {
    long seed = System.nanoTime();
    Random random = new Random(seed);

    for (int i = 0; i < LISTS; i++) {
      List<DeviceRule> rules = rules(random);
      DeviceProgram program = DeviceProgram.of(rules);
      for (DeviceRule request : requests()) {
        int kind = request.kind() == Kind.BLOCK ? 1 : 2;
        assertThat(
                BpfMachine.allows(
                    program, kind, request.major(), request.minor(), request.access()))
            .as("seed %d, rules %s, request %s", seed, rules, request.text())
            .isEqualTo(meaning(rules, request));
      }
    }
  }

  @Test
  void controllerDecidesAsTheRulesOrThePlanIsRefused() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int refused = 0;

    for (int i = 0; i < LISTS; i++) {
      List<DeviceRule> rules = rules(random);
      DevicesController controller = new DevicesController();
      try {
        for (CgroupWrite write : plan(Hosts.pureV1(), rules).writes()) {
          controller.write(write.file().getFileName().toString(), write.value());
        }
      } catch (UnsupportedException _) {
        refused++;
        continue;
      }
      for (DeviceRule request : requests()) {
        assertThat(controller.allows(request))
            .as("seed %d, rules %s, request %s", seed, rules, request.text())
            .isEqualTo(meaning(rules, request));
      }
    }
    assertThat(refused).as("seed %d", seed).isBetween(1, LISTS / 2);
  }

  @Test
  void deniesEverythingThenAllowsWhatEveryContainerHasOnV1() {
    CgroupPlan plan = plan(Hosts.hybrid(), DeviceRule.defaults());

    assertThat(plan.writes())
        .extracting(write -> write.file().getFileName() + " " + write.value())
        .containsExactly(
            "devices.deny a",
            "devices.allow c *:* m",
            "devices.allow b *:* m",
            "devices.allow c 1:3 rwm",
            "devices.allow c 1:5 rwm",
            "devices.allow c 1:7 rwm",
            "devices.allow c 1:8 rwm",
            "devices.allow c 1:9 rwm",
            "devices.allow c 5:0 rwm",
            "devices.allow c 5:2 rwm",
            "devices.allow c 136:* rwm");
    assertThat(plan.programs()).isEmpty();
  }

  @Test
  void attachesAProgramOnPureV2() {
    CgroupPlan plan = plan(Hosts.pureV2(), DeviceRule.defaults());

    assertThat(plan.programs()).containsExactly(DeviceProgram.of(DeviceRule.defaults()));
    assertThat(plan.writes()).isEmpty();
  }

  @Test
  void refusesAHoleInAWildcardOnV1() {
    List<DeviceRule> rules =
        List.of(
            DeviceRule.parse(Verdict.DENY, "a"),
            DeviceRule.parse(Verdict.ALLOW, "c 1:* rwm"),
            DeviceRule.parse(Verdict.DENY, "c 1:3 w"));

    assertThatThrownBy(() -> plan(Hosts.hybrid(), rules))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("can't deny \"c 1:3 w\" out of the wider \"c 1:* rwm\"");
  }

  @Test
  void refusesTextThatIsNoRule() {
    for (String text :
        List.of("", "x 1:3 rwm", "c 1 rwm", "c 1:3", "c 1:3 x", "c :3 r", "c 1:3 ", "c -1:3 r")) {
      assertThatThrownBy(() -> DeviceRule.parse(Verdict.ALLOW, text))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void readsWhatItWrites() {
    for (DeviceRule rule : DeviceRule.defaults()) {
      assertThat(DeviceRule.parse(rule.verdict(), rule.text())).isEqualTo(rule);
    }
  }

  private static CgroupPlan plan(TextCgroupFs fs, List<DeviceRule> rules) {
    Resources resources = Resources.NONE.withDevices(rules);
    CgroupHost host = new CgroupProbe(fs).probe(resources, "brig/x");
    return new CgroupPlanner(Naming.SPEC, Privilege.ROOT).plan(resources, host, "brig/x");
  }

  /// Decides each bit by the last rule that has it and matches.
  private static boolean meaning(List<DeviceRule> rules, DeviceRule request) {
    for (int bit = 1; bit <= DeviceRule.WRITE; bit <<= 1) {
      Verdict verdict = Verdict.ALLOW;
      for (DeviceRule rule : rules) {
        if (rule.covers(request) && (rule.access() & bit) != 0) {
          verdict = rule.verdict();
        }
      }
      if ((request.access() & bit) != 0 && verdict == Verdict.DENY) {
        return false;
      }
    }
    return true;
  }

  private static List<DeviceRule> rules(Random random) {
    List<DeviceRule> rules = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      boolean total = random.nextInt(5) == 0;
      rules.add(
          new DeviceRule(
              random.nextBoolean() ? Verdict.ALLOW : Verdict.DENY,
              total ? Kind.ALL : KINDS.get(random.nextInt(3)),
              total ? DeviceRule.ANY : random.nextInt(3) - 1,
              total ? DeviceRule.ANY : random.nextInt(3) - 1,
              total ? DeviceRule.EVERY : 1 + random.nextInt(7)));
    }
    return rules;
  }

  private static List<DeviceRule> requests() {
    List<DeviceRule> requests = new ArrayList<>();
    for (Kind kind : List.of(Kind.CHARACTER, Kind.BLOCK)) {
      for (int number = 0; number < 4; number++) {
        for (int access = 1; access <= DeviceRule.EVERY; access++) {
          requests.add(new DeviceRule(Verdict.ALLOW, kind, number / 2, number % 2, access));
        }
      }
    }
    return requests;
  }
}
