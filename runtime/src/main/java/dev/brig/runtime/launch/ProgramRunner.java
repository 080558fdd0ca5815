package dev.brig.runtime.launch;

import dev.brig.compiler.CompileOptions;
import dev.brig.compiler.Compiler;
import dev.brig.compiler.Program;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.Spawner;
import dev.brig.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Compiles plans and becomes them.
public final class ProgramRunner {
  /// Above what a program is given; copies on the way to it are from here on.
  static final int DESCRIPTOR_MIN = 64;

  private final Kernel kernel;

  /// Makes a runner that calls this kernel.
  public ProgramRunner(Kernel kernel) {
    this.kernel = kernel;
  }

  /// Replaces this process by the program of a plan. Returns only by an exception.
  ///
  /// The program lies in memory, sealed: nothing that runs in the container can change it through
  /// /proc/PID/exe (CVE-2019-5736).
  ///
  /// @param plan what it does
  /// @param options how it is compiled
  /// @param title what ps(1) shows
  /// @param environment `NAME=VALUE` each, for brig itself when the program calls it at the end
  /// @throws dev.brig.linux.KernelException if the kernel refuses the program
  public RuntimeException become(
      Plan plan, CompileOptions options, String title, List<String> environment) {
    return kernel.processes().execveat(program(plan, options), List.of(title), environment);
  }

  private Fd program(Plan plan, CompileOptions options) {
    Program program = Compiler.compile(plan, options);
    Fd memory = kernel.processes().memfdCreate("brig");
    kernel.files().writeAll(memory, program.image());
    kernel.processes().seal(memory);
    return memory;
  }

  /// Starts the program of a plan as a child of this process.
  ///
  /// @param plan what it does
  /// @param options how it is compiled
  /// @param title what ps(1) shows
  /// @param environment `NAME=VALUE` each, for brig itself when the program calls it at the end
  /// @param descriptors what it has at which numbers; all below [#DESCRIPTOR_MIN]
  /// @return the child's number
  /// @throws dev.brig.linux.KernelException if the kernel refuses the program
  int spawn(
      Plan plan,
      CompileOptions options,
      String title,
      List<String> environment,
      Map<Integer, Fd> descriptors) {
    Map<Integer, Fd> moved = new TreeMap<>();
    try (Fd written = program(plan, options);
        Fd program = kernel.files().duplicate(written, DESCRIPTOR_MIN)) {
      for (Map.Entry<Integer, Fd> descriptor : descriptors.entrySet()) {
        Fd copy = kernel.files().duplicate(descriptor.getValue(), DESCRIPTOR_MIN);
        moved.put(descriptor.getKey(), copy);
      }
      return new Spawner().spawn(program, List.of(title), environment, moved);
    } finally {
      moved.values().forEach(Fd::close);
    }
  }
}
