package dev.brig.cli.container;

import dev.brig.cli.command.CommonOption;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.Each;
import dev.brig.cli.syntax.Reading;
import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.runtime.container.Container;
import dev.brig.runtime.container.ContainerException;
import dev.brig.runtime.container.ContainerStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The containers that a command is to act on: those named, or with `--all` every one that it can
/// act on.
final class Targets {
  private final Context context;

  Targets(Context context) {
    this.context = context;
  }

  /// Acts on each container that is meant, and prints each when that is done.
  ///
  /// @param arguments the command line
  /// @param suited which containers `--all` means
  void forEach(
      Reading.Arguments<CommonOption> arguments,
      Predicate<Container> suited,
      Consumer<Container> action) {
    List<String> references = arguments.operands();
    if (arguments.has(CommonOption.EVERY)) {
      if (!references.isEmpty()) {
        throw new UsageException("--all", "containers are named too", "leave one of the two");
      }
      all(suited, action);
    } else if (references.isEmpty()) {
      throw new UsageException("", "missing CONTAINER...", "name one, or say --all");
    } else {
      named(references, arguments.has(CommonOption.FORCE) ? Absence.IGNORED : Absence.TOLD, action);
    }
  }

  /// What a name that no container has comes to.
  private enum Absence {
    TOLD,
    /// `rm --force` is done if the container is gone, as with podman and rm(1).
    IGNORED
  }

  /// Acts on each container named, and prints each name when that is done.
  private void named(List<String> references, Absence absence, Consumer<Container> action) {
    ContainerStore store = context.containers();
    Each.of(
        references,
        reference -> {
          Optional<Container> container = find(store, reference, absence);
          if (container.isPresent()) {
            action.accept(container.get());
            context.out().println(reference);
          }
        });
  }

  private static Optional<Container> find(ContainerStore store, String reference, Absence absence) {
    try {
      return Optional.of(store.find(reference));
    } catch (ContainerException e) {
      if (absence == Absence.IGNORED
          && e.problem() == ContainerException.Problem.NO_SUCH_CONTAINER) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /// Acts on each container that is suited, and prints each id when that is done.
  private void all(Predicate<Container> suited, Consumer<Container> action) {
    List<BrigException> problems = new ArrayList<>();
    List<Container> containers = context.containers().list(problems);
    containers.removeIf(suited.negate());
    Each.of(
        containers,
        container -> {
          action.accept(container);
          context.out().println(container.id());
        });
    if (!problems.isEmpty()) {
      throw problems.getFirst();
    }
  }
}
