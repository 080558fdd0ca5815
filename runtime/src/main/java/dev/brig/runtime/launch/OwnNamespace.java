package dev.brig.runtime.launch;

import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Compiler;
import dev.brig.compiler.Program;
import dev.brig.error.Failure;
import dev.brig.linux.Fd;
import dev.brig.linux.Host;
import dev.brig.linux.Identity;
import dev.brig.linux.Kernel;
import dev.brig.linux.SubordinateIds;
import dev.brig.linux.SubordinateIds.IdRange;
import dev.brig.plan.Plan;
import dev.brig.runtime.compile.IdMappings;
import dev.brig.runtime.compile.Isolation;
import dev.brig.runtime.compile.UnsharePlanner;
import dev.brig.runtime.compile.Unsharing;
import dev.brig.runtime.launch.FailedStep.StepException;
import dev.brig.runtime.spec.LinuxIdMapping;
import java.io.IOException;
import java.util.List;

/// A user namespace in which an ordinary user is root and has the ids of its ranges: there files of
/// all those ids can be made, read and removed. Containers of the user see the same ids as this
/// namespace does.
///
/// A JVM can't go there, since it has many threads; user_namespaces(7). Either this process becomes
/// another command there ([#become]), or a child runs one there ([#run]).
public final class OwnNamespace {
  private final Kernel kernel;
  private final Host host;
  private final List<String> brig;

  /// Makes one; touches nothing.
  ///
  /// @param kernel the way to the machine
  /// @param host the facts of the machine
  /// @param brig the command that runs brig, for the program to call if it fails
  public OwnNamespace(Kernel kernel, Host host, List<String> brig) {
    this.kernel = kernel;
    this.host = host;
    this.brig = List.copyOf(brig);
  }

  /// Tells whether the caller has more ids in such a namespace than outside: an ordinary user with
  /// ranges in /etc/subuid and /etc/subgid, and newuidmap to map them.
  public boolean hasMoreIds() {
    return host.identity().isRootless() && host.subordinateIds().usable();
  }

  /// Becomes a command in the namespace. Returns only by an exception.
  ///
  /// @param command the command and its arguments
  /// @param environment `NAME=VALUE` each
  /// @param searchPath where a command without a slash is looked for, in order
  /// @throws dev.brig.linux.KernelException if the kernel refuses the program
  public RuntimeException become(
      List<String> command, List<String> environment, List<String> searchPath) {
    return become(plan(command, environment, searchPath, ""), environment);
  }

  /// Becomes a command in the namespace that finds a directory open as descriptor
  /// [Unsharing#ROOT_FD]: the root of a container's process, which the kernel shows to whoever owns
  /// the container's user namespace, but not to that one's other namespaces; ptrace(2). Returns
  /// only by an exception.
  ///
  /// @param command the command, by its path, and its arguments
  /// @param environment `NAME=VALUE` each
  /// @param root the directory
  public RuntimeException becomeHolding(
      List<String> command, List<String> environment, String root) {
    return become(plan(command, environment, List.of(), root), environment);
  }

  private RuntimeException become(Plan plan, List<String> environment) {
    CompileOptions options = new CompileOptions(kernel.machine(), -1, List.of());
    return new ProgramRunner(kernel).become(plan, options, "brig: unshare", environment);
  }

  /// Runs a command in the namespace to its end, with this process's standard streams.
  ///
  /// @param command the command, by its path, and its arguments
  /// @param environment `NAME=VALUE` each
  /// @return its exit status
  public int run(List<String> command, List<String> environment) {
    Plan plan = plan(command, environment, List.of(), "");
    Program program = Compiler.compile(plan, new CompileOptions(kernel.machine(), -1, List.of()));
    try (Fd memory = kernel.processes().memfdCreate("brig")) {
      kernel.files().writeAll(memory, program.image());
      kernel.processes().seal(memory);
      // The JDK closes the child's descriptors, so that the file is reached by this process's.
      String path = "/proc/" + kernel.processes().pid() + "/fd/" + memory.number();
      ProcessBuilder builder = new ProcessBuilder(path).inheritIO();
      return builder.start().waitFor();
    } catch (IOException e) {
      throw new StepException(
          Failure.of("run " + String.join(" ", command), String.valueOf(e.getMessage()), ""));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StepException(
          Failure.of("run " + String.join(" ", command), "waiting was interrupted", ""));
    }
  }

  private Plan plan(
      List<String> command, List<String> environment, List<String> searchPath, String root) {
    return UnsharePlanner.plan(
        new Unsharing(brig, mapping(), command, environment, searchPath, root));
  }

  private Isolation.IdMapping mapping() {
    Identity identity = host.identity();
    SubordinateIds ids = host.subordinateIds();
    List<IdRange> none = List.of();
    List<LinuxIdMapping> uids =
        IdMappings.ownThenRanges(identity.euid(), ids.usable() ? ids.uids() : none);
    List<LinuxIdMapping> gids =
        IdMappings.ownThenRanges(identity.egid(), ids.usable() ? ids.gids() : none);
    return IdMappings.of(uids, gids, identity, () -> ids);
  }
}
