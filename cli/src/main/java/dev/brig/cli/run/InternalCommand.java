package dev.brig.cli.run;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.Context;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import java.util.List;

/// `brig internal`: what the program of a container calls when its end needs thought. Not for
/// people.
///
/// ```
///   finish ID LOCKFD SI_CODE SI_STATUS          a limit was felt, or something is left to remove
///   failed ID LOCKFD remove|keep STEP ERRNO TEXT   a step failed before the command ran
///   exec-failed ID STEP ERRNO TEXT              the same of a process that joined
///   unshare-failed STEP ERRNO TEXT              the same of brig's own user namespace
///   sweep                                       clear up the image store, in that namespace
///   remove-volume NAME                          remove a volume's files, in that namespace
///   remove ID                                   remove a container's files, in that namespace
///   unpack COMMAND REFERENCE                    unpack an image's layers, in that namespace
/// ```
public final class InternalCommand implements Command<Option> {
  private final Context context;

  /// Makes the command.
  public InternalCommand(Context context) {
    this.context = context;
  }

  @Override
  public Syntax<Option> syntax() {
    return new Syntax<>(
        "internal",
        "Called by the programs of containers.",
        List.of(),
        Operands.lastFrom(1, "WHAT ID [ARG...]"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<Option> arguments) {
    List<String> words = arguments.operands();
    Aftermath aftermath = new Aftermath(context);
    return switch (words.getFirst()) {
      case "finish" ->
          aftermath.finish(
              words.get(1),
              number(words.get(2)),
              new Aftermath.End(number(words.get(3)), number(words.get(4))));
      case "failed" ->
          throw aftermath.failed(
              words.get(1),
              number(words.get(2)),
              words.get(3),
              new Aftermath.Report(number(words.get(4)), number(words.get(5)), words.get(6)));
      case "exec-failed" ->
          throw aftermath.execFailed(
              words.get(1),
              new Aftermath.Report(number(words.get(2)), number(words.get(3)), words.get(4)));
      case "unshare-failed" ->
          throw new Namespaced(context)
              .failed(
                  new Aftermath.Report(number(words.get(1)), number(words.get(2)), words.get(3)));
      case "sweep" -> new Namespaced(context).sweep();
      case "remove-volume" -> new Namespaced(context).removeVolume(words.get(1));
      case "remove-frozen" -> new Namespaced(context).removeFrozen(words.get(1));
      case "remove" -> new Namespaced(context).remove(words.get(1));
      case "unpack" -> new Namespaced(context).unpack(words.get(1), words.get(2));
      default ->
          throw new UsageException(
              "internal", "is called by the programs of containers only", "brig --help");
    };
  }

  private static int number(String text) {
    return Integer.parseInt(text);
  }
}
