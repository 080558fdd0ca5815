package dev.brig.cli;

import dev.brig.cli.command.Command;
import dev.brig.cli.command.CommandException;
import dev.brig.cli.command.Context;
import dev.brig.cli.command.ExitCodes;
import dev.brig.cli.command.ToldException;
import dev.brig.cli.syntax.ArgumentReader;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.linux.Kernel;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// brig's entry: reads what stands before the command's name, makes that one command and no other,
/// and turns its end into an exit status.
public final class Main {
  private static final Syntax<GlobalOption> SYNTAX =
      new Syntax<>(
          "", "", List.of(GlobalOption.values()), Operands.lastFrom(0, "COMMAND"), List.of());

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;
  private final @Nullable Kernel kernel;
  private String command = "";
  private boolean debug = false;
  private @Nullable Context context;

  Main(Map<String, String> environment, PrintStream out, PrintStream err) {
    this(environment, out, err, null);
  }

  /// Makes brig with given system calls, or with this machine's.
  Main(Map<String, String> environment, PrintStream out, PrintStream err, @Nullable Kernel kernel) {
    this.kernel = kernel;
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /// Runs brig.
  public static void main(String[] words) {
    int status = new Main(System.getenv(), System.out, System.err).run(List.of(words));
    // A PrintStream keeps to itself that it could not write.
    System.exit(System.out.checkError() ? LostOutput.told(status, System.err) : status);
  }

  /// Runs one command.
  ///
  /// @param words the command line
  /// @return the exit status
  int run(List<String> words) {
    try {
      return dispatch(words);
    } catch (Throwable e) {
      // The one place where failures end: everything below lets them pass.
      if (e instanceof ToldException told) {
        return told.exitStatus();
      }
      FailurePrinter.Detail detail =
          debug ? FailurePrinter.Detail.DEBUG : FailurePrinter.Detail.USUAL;
      if (LostOutput.isBrokenPipe(e)) {
        return ExitCodes.BROKEN_PIPE;
      }
      FailurePrinter printer = new FailurePrinter(err, detail);
      if (e instanceof CommandException failed) {
        printer.print(failed.subject(), e);
        return failed.exitStatus();
      }
      printer.print(command, context == null ? e : FailureExaminer.examined(context, e));
      return ExitCodes.FAILURE;
    }
  }

  private int dispatch(List<String> words) {
    if (words.isEmpty() || words.getFirst().equals("--help") || words.getFirst().equals("-h")) {
      out.print(Commands.overview());
      return ExitCodes.SUCCESS;
    }
    Reading<GlobalOption> reading = ArgumentReader.read(SYNTAX, words);
    if (!(reading instanceof Reading.Arguments<GlobalOption> global)) {
      out.print(Commands.overview());
      return ExitCodes.SUCCESS;
    }
    debug = global.has(GlobalOption.DEBUG);
    List<String> rest = global.operands();
    if (global.has(GlobalOption.VERSION)) {
      rest = List.of("version");
    }
    if (rest.isEmpty()) {
      throw new UsageException("", "say what to do", "brig --help lists the commands");
    }
    Context.GlobalOptions options =
        new Context.GlobalOptions(global.value(GlobalOption.ROOT, ""), debug, rest);
    Context usual = new Context(options, environment, out, err);
    Context given = kernel == null ? usual : usual.calling(kernel);
    context = given;
    String name = Commands.name(rest);
    Command<?> chosen = Commands.named(name, given);
    command = name;
    return run(chosen, rest.subList(name.indexOf(' ') < 0 ? 1 : 2, rest.size()));
  }

  private <O extends Option> int run(Command<O> chosen, List<String> words) {
    Reading<O> reading = ArgumentReader.read(chosen.syntax(), words);
    if (reading instanceof Reading.Arguments<O> arguments) {
      return chosen.run(arguments);
    }
    out.println(((Reading.Help<O>) reading).text());
    return ExitCodes.SUCCESS;
  }
}
