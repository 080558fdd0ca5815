package dev.brig.cli.build;

import dev.brig.cli.syntax.Reading;
import dev.brig.linux.Fd;
import java.io.PrintStream;

/// What a build tells while it goes on: on standard error, so that standard output has the id
/// alone.
final class Progress {
  private final PrintStream err;
  private final boolean quiet;
  private int step;
  private int steps;

  Progress(PrintStream err, Reading.Arguments<BuildOption> given) {
    this.err = err;
    this.quiet = given.has(BuildOption.QUIET);
  }

  boolean isQuiet() {
    return quiet;
  }

  /// Says how many steps there will be.
  void expect(int count) {
    steps = count;
  }

  /// Says that a step begins.
  void step(String text) {
    step++;
    String line = text.indexOf('\n') < 0 ? text : text.substring(0, text.indexOf('\n')) + " ...";
    say("STEP " + step + "/" + Math.max(step, steps) + ": " + line);
  }

  /// Says something.
  void say(String line) {
    if (!quiet) {
      err.println(line);
      err.flush();
    }
  }

  /// Returns where the output of steps goes.
  ///
  /// @param kept where it goes if nobody is to see it unless a step fails
  Fd output(Fd kept) {
    return quiet ? kept : Fd.STDERR;
  }
}
