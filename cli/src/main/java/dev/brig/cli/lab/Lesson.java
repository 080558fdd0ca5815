package dev.brig.cli.lab;

import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.lab.Desk.Place;
import dev.brig.cli.lab.Desk.Proof;
import dev.brig.cli.lab.Outcome.Verdict;
import dev.brig.error.UsageException;
import dev.brig.image.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A student's way through a lab.
final class Lesson {
  private final Context context;
  private final LabShelf shelf;
  private final Desk desk;

  Lesson(Context context, LabShelf shelf) {
    this.context = context;
    this.shelf = shelf;
    this.desk = new Desk(context);
  }

  int start(String id) {
    Lab lab = shelf.find(id);
    String missing = new Needs(context).missing(lab);
    if (!missing.isEmpty()) {
      throw new UsageException("lab " + id, "this machine lacks " + missing, "");
    }
    desk.keep(new Place(id, 0, Desk.nonce(), Proof.OPEN));
    context.out().print(LabText.heading(lab) + LabText.step(lab, 0));
    return ExitCodes.SUCCESS;
  }

  int next() {
    Place place = desk.place();
    Lab lab = shelf.find(place.lab());
    if (place.proved() == Proof.OPEN) {
      throw new UsageException(
          "lab next", "the claim before it has not been checked", "brig lab check");
    }
    int step = place.step() + 1;
    if (step == lab.steps().size()) {
      desk.clear();
      context.out().println("Lab " + lab.id() + " is done. brig lab report shows what you did.");
      return ExitCodes.SUCCESS;
    }
    desk.keep(new Place(lab.id(), step, Desk.nonce(), Proof.OPEN));
    context.out().print(LabText.step(lab, step));
    return ExitCodes.SUCCESS;
  }

  int hint() {
    String hint = step(desk.place()).hint();
    context.out().println(hint.isEmpty() ? "There is no hint: brig lab explain tells all." : hint);
    return ExitCodes.SUCCESS;
  }

  int explain() {
    Place place = desk.place();
    Lab.Step step = step(place);
    String text = step.explain();
    context.out().println(text.isEmpty() ? "There is nothing more to say." : text);
    if (!step.calls().isEmpty()) {
      Capsule capsule = new Capsule(context, shelf.find(place.lab()), place.nonce());
      context.out().print("\nThe system calls:\n" + capsule.run(step.calls()).output());
    }
    return ExitCodes.SUCCESS;
  }

  private Lab.Step step(Place place) {
    return shelf.find(place.lab()).steps().get(place.step());
  }

  int check(String answer) {
    Place place = desk.place();
    Lab lab = shelf.find(place.lab());
    Lab.Step step = step(place);
    if (!step.ask().isEmpty() && answer.isEmpty()) {
      throw new UsageException(
          "lab check", "the question is: " + step.ask(), "brig lab check ANSWER");
    }
    Optional<String> given = step.ask().isEmpty() ? Optional.empty() : Optional.of(answer);
    Outcome outcome = new Examiner(context).prove(lab, step, place.nonce(), given);
    desk.keep(
        Recording.add(desk.report(desk.student()), lab, place.step(), place.nonce(), outcome));
    String text = LabText.outcome(step, outcome);
    // Whoever has not found the secret is not told it by the check.
    boolean wrong = outcome.verdict() == Verdict.FAILED;
    context.out().print(wrong ? text.replace(place.nonce(), LabFile.NONCE) : text);
    if (outcome.verdict() == Verdict.FAILED) {
      return LabCommand.NOT_PASSED;
    }
    desk.keep(new Place(place.lab(), place.step(), place.nonce(), Proof.DONE));
    context.out().println("Why: brig lab explain. On: brig lab next");
    return outcome.verdict() == Verdict.PASSED ? ExitCodes.SUCCESS : LabCommand.NOT_PASSED;
  }

  int reset() {
    desk.clear();
    return ExitCodes.SUCCESS;
  }

  /// A shell in the capsule. It is a container as any other, and goes with the shell.
  int shell() {
    Place place = desk.place();
    Capsule capsule = new Capsule(context, shelf.find(place.lab()), place.nonce());
    List<String> words = new ArrayList<>(context.self());
    words.addAll(List.of("run", "--rm", "-i", "-t"));
    words.addAll(capsule.options());
    words.addAll(List.of("--timeout", "3600", Image.HOST, "sh", "-c"));
    words.add(capsule.prelude() + "PS1='fakehost# ' exec bash --norc -i");
    context.out().flush();
    try {
      return new ProcessBuilder(words).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ExitCodes.FAILURE;
    }
  }
}
