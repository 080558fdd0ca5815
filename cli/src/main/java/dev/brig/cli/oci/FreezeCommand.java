package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.BundleStatus;
import java.util.List;

/// `pause` and `resume`.
final class FreezeCommand implements OciCommand<SharedOption> {
  private static final long MILLIS_MAX = 10_000;

  private final OciContext context;
  private final Kind kind;

  /// Which of the two it is.
  enum Kind {
    /// Processes are stopped where they are.
    PAUSE,
    /// They go on.
    RESUME
  }

  FreezeCommand(OciContext context, Kind kind) {
    this.context = context;
    this.kind = kind;
  }

  @Override
  public Syntax<SharedOption> syntax() {
    return new Syntax<>(
        kind == Kind.PAUSE ? "brig-oci pause" : "brig-oci resume",
        kind == Kind.PAUSE
            ? "Freeze all processes of a container."
            : "Let all processes of a frozen container go on.",
        List.of(),
        Operands.exactly(1, "ID"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<SharedOption> arguments) {
    BundleContainer container = context.store().container(arguments.operands().getFirst());
    BundleStatus status = container.status();
    switch (kind) {
      case PAUSE -> {
        if (status != BundleStatus.RUNNING && status != BundleStatus.CREATED) {
          throw new BundleException("container not running: " + status.text());
        }
        container.cgroup().freeze(MILLIS_MAX);
      }
      case RESUME -> {
        if (status != BundleStatus.PAUSED) {
          throw new BundleException("container not paused: " + status.text());
        }
        container.cgroup().thaw(MILLIS_MAX);
      }
    }
    return 0;
  }
}
