package dev.brig.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.Machine;
import dev.brig.plan.Op;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Plans made at random do what the model of a plan does: the same output, the same calls with the
/// same results in the same order, the same end. `-Dbrig.seed=N` repeats the plan of a failure
/// alone, `-Dbrig.plans=N` makes more of them.
final class RandomPlansTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void runToTheirEndOrReportExactlyTheCallAndTheErrno(Machine machine) throws IOException {
    if (machine == Machine.AARCH64) {
      Programs.requireQemu();
    }
    Long seed = Long.getLong("brig.seed");
    Random seeds = new Random(20260101);
    int plans = seed == null ? Integer.getInteger("brig.plans", 150) : 1;
    for (int i = 0; i < plans; i++) {
      check(seed == null ? seeds.nextLong() : seed, machine);
    }
  }

  private void check(long seed, Machine machine) throws IOException {
    RandomPlan.Known known = RandomPlan.of(seed);
    PlanModel model = new PlanModel(known);
    Path trace = directory.resolve("trace");
    CompileOptions options = new CompileOptions(machine, 2, known.faults());

    Programs.Run run = Programs.run(known.plan(), options, List.of(), trace);

    assertThat(run).as("seed %d", seed).isEqualTo(model.run());
    List<PlanModel.Made> records = new ArrayList<>();
    for (Programs.TraceRecord record : Programs.records(Files.readAllBytes(trace))) {
      boolean any = known.answers().getOrDefault(call(known, record), 0L) == PlanModel.ANY;
      long result = any && record.result() > 0 ? PlanModel.ANY : record.result();
      records.add(new PlanModel.Made(record.call(), result));
    }
    assertThat(records.removeFirst()).as("seed %d", seed).isEqualTo(new PlanModel.Made(0, 0));
    assertThat(records).as("seed %d", seed).isEqualTo(model.trace());
  }

  private static Op call(RandomPlan.Known known, Programs.TraceRecord record) {
    return known.plan().calls().get(Math.max(record.call(), 1) - 1).op();
  }
}
