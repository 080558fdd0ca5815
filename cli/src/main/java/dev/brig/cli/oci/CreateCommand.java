package dev.brig.cli.oci;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.error.UsageException;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.namespaces.RootfsRequest.Way;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.Custody;
import dev.brig.runtime.compile.Launch;
import dev.brig.runtime.compile.SeccompListener;
import dev.brig.runtime.compile.Streams;
import dev.brig.runtime.container.RunningProcesses;
import dev.brig.runtime.launch.BundleLauncher;
import dev.brig.runtime.launch.BundleLauncher.BundleRequest;
import dev.brig.runtime.launch.BundleRights;
import dev.brig.runtime.oci.BundleRecord;
import dev.brig.runtime.oci.BundleStore;
import dev.brig.runtime.oci.SystemdUnit;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Spec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// `create` and `run`: this process becomes the program that makes the container.
final class CreateCommand implements OciCommand<CreateOption> {
  private static final int STAT_LENGTH_MAX = 4096;

  private final OciContext context;
  private final Kind kind;

  /// Which of the two it is.
  enum Kind {
    /// The container is made and waits to be started.
    CREATE,
    /// It is started as well, and waited for.
    RUN
  }

  CreateCommand(OciContext context, Kind kind) {
    this.context = context;
    this.kind = kind;
  }

  @Override
  public Syntax<CreateOption> syntax() {
    List<CreateOption> options = new ArrayList<>(List.of(CreateOption.values()));
    if (kind == Kind.CREATE) {
      options.removeAll(List.of(CreateOption.DETACH, CreateOption.KEEP, CreateOption.NO_SUBREAPER));
    }
    return new Syntax<>(
        kind == Kind.CREATE ? "brig-oci create" : "brig-oci run",
        kind == Kind.CREATE
            ? "Make a container of a bundle, ready to be started."
            : "Make a container of a bundle and run it.",
        options,
        Operands.exactly(1, "ID"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<CreateOption> arguments) {
    String id = arguments.operands().getFirst();
    NotifiedCreation notified = new NotifiedCreation(context, id);
    if (kind == Kind.RUN && arguments.has(CreateOption.DETACH) && notified.isWanted()) {
      return notified.createAndStart(arguments);
    }
    Kernel kernel = context.kernel();
    Path directory = OciContext.path("--bundle", arguments.value(CreateOption.BUNDLE, ""));
    Bundle bundle = Bundle.read(kernel, directory);
    Streams streams = streams(arguments, bundle.spec());
    int passed =
        new PassedFds(kernel)
            .count(arguments.value(CreateOption.PRESERVE_FDS, ""), context.environment());
    Filter filter = BundleFilter.of(context, bundle.spec());
    Custody.Caller caller =
        new Custody.Caller(
            until(arguments),
            pidFile(arguments),
            passed,
            arguments.has(CreateOption.NO_NEW_KEYRING) ? "" : BundleStore.keyring(id),
            arguments.has(CreateOption.NO_PIVOT) ? Way.MOVE : Way.PIVOT,
            context.asksSystemd() ? new SystemdManager(context).home() : "",
            context.launcher().netDevices(bundle.spec()),
            BundleFilter.asks(filter)
                ? HookStates.listener(id, directory.toString(), bundle.spec(), "creating")
                : SeccompListener.NONE,
            HookStates.of(id, directory.toString(), bundle.spec()));
    BundleStore store = context.store();
    Path place = store.take(id);
    try {
      Bundle shown = notified.shownIn(bundle);
      if (kind == Kind.RUN && notified.isWanted()) {
        notified.listen();
      }
      throw become(request(arguments, id, place, shown, streams, filter), shown, caller);
    } catch (Throwable e) {
      // This process is still brig's: nothing but the directory was made.
      store.remove(id);
      throw e;
    }
  }

  private RuntimeException become(BundleRequest request, Bundle bundle, Custody.Caller caller) {
    BundleLauncher launcher = context.launcher();
    Plan plan = launcher.plan(request, caller);
    BundleRecord record =
        new BundleRecord(
            request.id(),
            bundle.directory().toString(),
            bundle.spec().root().path(),
            Instant.now().toString(),
            Integer.toUnsignedLong(context.host().identity().uid()),
            self(context),
            request.cgroup().removals());
    context.store().write(record, bundle.config());
    if (context.asksSystemd()) {
      SystemdUnit unit = SystemdUnit.of(request.id(), bundle.spec());
      new SystemdManager(context).start(unit, request.id(), request.cgroup());
    }
    return launcher.become(plan, "brig-oci: " + request.id(), context.variables());
  }

  private BundleRequest request(
      Reading.Arguments<CreateOption> arguments,
      String id,
      Path place,
      Bundle bundle,
      Streams streams,
      Filter filter) {
    Spec spec = withListeners(bundle.spec());
    BundleLauncher launcher = context.launcher();
    CgroupPlan cgroup =
        context.asksSystemd()
            ? launcher.cgroups(SystemdUnit.of(id, spec), spec)
            : context.hasCgroups() ? launcher.cgroups(id, spec) : BundleRights.withoutCgroups(spec);
    return new BundleRequest(
        id,
        place,
        spec,
        filter,
        cgroup,
        streams,
        arguments.has(CreateOption.KEEP) ? Launch.Removal.KEEP : Launch.Removal.REMOVE);
  }

  private Spec withListeners(Spec spec) {
    Process process = Objects.requireNonNull(spec.process());
    List<String> variables = PassedFds.variables(process.env(), context.environment());
    Process granted = Grants.of(context, spec).apply(process);
    return spec.toBuilder().process(granted.toBuilder().env(variables).build()).build();
  }

  private Custody.Until until(Reading.Arguments<CreateOption> arguments) {
    return switch (kind) {
      case CREATE -> Custody.Until.CREATED;
      case RUN -> arguments.has(CreateOption.DETACH) ? Custody.Until.STARTED : Custody.Until.ENDED;
    };
  }

  private static String pidFile(Reading.Arguments<CreateOption> arguments) {
    String file = arguments.value(CreateOption.PID_FILE, "");
    return file.isEmpty() ? "" : OciContext.path("--pid-file", file).toString();
  }

  private Streams streams(Reading.Arguments<CreateOption> arguments, Spec spec) {
    String socket = arguments.value(CreateOption.CONSOLE_SOCKET, "");
    Process process = Objects.requireNonNull(spec.process());
    boolean waits = kind == Kind.RUN && !arguments.has(CreateOption.DETACH);
    return streams(context, process, socket, waits ? Waiting.HERE : Waiting.ELSEWHERE);
  }

  /// Whether this command stays as long as the process runs.
  enum Waiting {
    /// It does.
    HERE,
    /// It does not.
    ELSEWHERE
  }

  /// Returns what the standard streams of a process are.
  ///
  /// @param socket the value of `--console-socket`, or empty
  /// @throws UsageException if that does not fit the process
  static Streams streams(OciContext context, Process process, String socket, Waiting waiting) {
    if (!process.terminal()) {
      if (!socket.isEmpty()) {
        throw new UsageException(
            "--console-socket",
            "cannot use console socket if the process has no terminal",
            "set /process/terminal, or leave the option out");
      }
      return new Streams.Inherited(Streams.Input.PASSED);
    }
    if (!socket.isEmpty()) {
      return new Streams.Sent(OciContext.path("--console-socket", socket).toString());
    }
    if (waiting == Waiting.ELSEWHERE) {
      throw new UsageException(
          "/process/terminal",
          "cannot allocate tty if the runtime will detach without setting console socket",
          "--console-socket SOCKET says where the terminal is sent");
    }
    return context.launcher().terminal();
  }

  /// Returns what says that this process makes the container.
  static BundleRecord.Creator self(OciContext context) {
    byte[] stat =
        context
            .kernel()
            .files()
            .readIfPresent(Fd.CWD, "/proc/self/stat", STAT_LENGTH_MAX)
            .orElseThrow();
    RunningProcesses process = RunningProcesses.parse(new String(stat, StandardCharsets.UTF_8));
    return new BundleRecord.Creator(process.initPid(), process.initStartTime());
  }
}
