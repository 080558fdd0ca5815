package dev.brig.cli.oci;

import dev.brig.cli.command.CommandException;
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

/// The entry of the OCI runtime: `brig-oci`, the same program as brig by another name.
public final class OciMain {
  private static final Syntax<OciOption> SYNTAX =
      new Syntax<>(
          "brig-oci",
          "Runs containers of OCI bundles, as runc does.",
          List.of(OciOption.values()),
          Operands.lastFrom(0, "COMMAND"),
          List.of(OciCommands.OVERVIEW));
  private static final List<String> MANAGERS = List.of("cgroupfs", "systemd", "disabled");
  private static final int FAILURE = 1;
  private static final int NO_SUCH_COMMAND = 3;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;
  private final Kernel kernel;
  private String log = "";
  private String format = "text";
  private int failureStatus = FAILURE;

  /// Makes the runtime.
  ///
  /// @param environment the caller's environment
  /// @param out standard output
  /// @param err standard error
  /// @param kernel the system calls
  public OciMain(Map<String, String> environment, PrintStream out, PrintStream err, Kernel kernel) {
    this.environment = environment;
    this.out = out;
    this.err = err;
    this.kernel = kernel;
  }

  /// Runs the runtime.
  public static void main(String[] words) {
    OciMain main = new OciMain(System.getenv(), System.out, System.err, Kernel.ofThisMachine());
    int status = main.run(List.of(words));
    System.out.flush();
    System.err.flush();
    // Not exit(): that first looks for a logger to tell, which takes longer than many a command.
    Runtime.getRuntime().halt(status);
  }

  /// Runs one command.
  ///
  /// @param words the command line
  /// @return the exit status
  public int run(List<String> words) {
    try {
      return dispatch(words);
    } catch (Throwable e) {
      // The one place where failures end: everything below lets them pass.
      new OciFailurePrinter(err, log()).print(e);
      return e instanceof CommandException failed ? failed.exitStatus() : failureStatus;
    }
  }

  private int dispatch(List<String> words) {
    Reading<OciOption> reading = ArgumentReader.read(SYNTAX, words);
    if (!(reading instanceof Reading.Arguments<OciOption> global)) {
      out.println(((Reading.Help<OciOption>) reading).text());
      return 0;
    }
    log = global.value(OciOption.LOG, "");
    format = global.value(OciOption.LOG_FORMAT, "text");
    if (global.has(OciOption.VERSION)) {
      out.print(OciVersion.text());
      return 0;
    }
    check(global);
    if (global.operands().isEmpty()) {
      throw new UsageException("", "say what to do", "brig-oci --help lists the commands");
    }
    Kernel calls = global.has(OciOption.DEBUG) ? kernel.tracedTo(this::debug) : kernel;
    OciContext context = new OciContext(global, environment, out, err, calls);
    String name = global.operands().getFirst();
    if (!OciCommands.isKnown(name)) {
      failureStatus = NO_SUCH_COMMAND;
      throw new UsageException(
          name, "there is no such command", "brig-oci --help lists the commands");
    }
    List<String> rest = global.operands().subList(1, global.operands().size());
    return run(OciCommands.named(name, context), rest);
  }

  private OciLog log() {
    return new OciLog(kernel, log, format);
  }

  /// A container may have this standard error for its own, so that a caller who keeps a log reads
  /// nothing here.
  private void debug(String line) {
    if (log.isEmpty()) {
      err.println(line);
    } else {
      log().append("debug", line);
    }
  }

  private void warn(String line) {
    new OciFailurePrinter(err, log()).warn(line);
  }

  private void check(Reading.Arguments<OciOption> global) {
    if (!format.equals("json") && !format.equals("text")) {
      String wrong = format;
      format = "text";
      throw new UsageException("--log-format \"" + wrong + "\"", "no format", "text or json");
    }
    String rootless = global.value(OciOption.ROOTLESS, "auto");
    if (!List.of("auto", "true", "false").contains(rootless)) {
      throw new UsageException(
          "--rootless \"" + rootless + "\"", "no such choice", "auto, true or false");
    }
    if (global.has(OciOption.CRIU)) {
      warn("--criu is ignored: brig takes the criu that is installed");
    }
    String manager = global.value(OciOption.CGROUP_MANAGER, "cgroupfs");
    if (!MANAGERS.contains(manager)) {
      throw new UsageException(
          "--cgroup-manager \"" + manager + "\"",
          "no cgroup manager",
          "cgroupfs, systemd or disabled");
    }
  }

  private <O extends Option> int run(OciCommand<O> chosen, List<String> words) {
    failureStatus = chosen.failureStatus();
    Reading<O> reading = ArgumentReader.read(chosen.syntax(), words);
    if (reading instanceof Reading.Arguments<O> arguments) {
      return chosen.run(arguments);
    }
    out.println(((Reading.Help<O>) reading).text());
    return 0;
  }
}
