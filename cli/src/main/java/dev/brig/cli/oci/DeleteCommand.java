package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleException;
import dev.brig.runtime.oci.BundleStatus;
import java.util.List;
import java.util.Optional;

/// `delete`.
final class DeleteCommand implements OciCommand<SharedOption> {
  private final OciContext context;

  DeleteCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<SharedOption> syntax() {
    return new Syntax<>(
        "brig-oci delete",
        "Remove a container that has stopped.",
        List.of(SharedOption.FORCE),
        Operands.exactly(1, "ID"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<SharedOption> arguments) {
    String id = arguments.operands().getFirst();
    boolean force = arguments.has(SharedOption.FORCE);
    Optional<BundleContainer> found = context.store().find(id);
    if (found.isEmpty()) {
      if (force) {
        // A creation that was killed before it wrote anything down left a directory.
        context.store().remove(id);
        return 0;
      }
      throw new BundleException("container \"" + id + "\" does not exist");
    }
    BundleStatus status = found.get().status();
    if (!force && status != BundleStatus.STOPPED && status != BundleStatus.CREATED) {
      throw new BundleException(
          "cannot delete container " + id + " that is not stopped: " + status.text(),
          "brig-oci delete --force " + id + " kills it first");
    }
    new Destroyer(context).destroy(found.get());
    return 0;
  }
}
