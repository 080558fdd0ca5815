package dev.brig.cli.compare;

import dev.brig.cli.command.Context;
import dev.brig.cli.compare.result.Comparison;
import dev.brig.cli.guest.Guests;
import dev.brig.error.UnsupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What could be compared on this machine, in the order of separation.
final class Rungs {
  static final String IMAGE = "brig-compare-probe";

  private final Context context;
  private final Bench bench;
  private final List<Rung> rungs = new ArrayList<>();

  private Rungs(Context context, Bench bench) {
    this.context = context;
    this.bench = bench;
  }

  /// Returns all, those that are not installed with the reason.
  static List<Rung> of(Context context, Bench bench) {
    Rungs all = new Rungs(context, bench);
    List<String> probe = List.of(bench.root().resolve("probe").toString());
    all.add(Comparison.REFERENCE, "the host's process", probe, bench.work());
    all.add(Comparison.CONTROL, "bare once more: what differs is noise", probe, bench.work());
    if (context.isRootless()) {
      all.missing("chroot", "another root directory", "needs root");
    } else {
      all.add(
          "chroot",
          "another root directory",
          List.of(bench.path().resolve("chroot").toString()),
          bench.path());
    }
    all.bubblewrap();
    all.host();
    List<String> mounted = List.of("-v", bench.work() + ":/work", "-w", "/work", IMAGE, "/probe");
    all.degree("namespaces", "brig run: namespaces and a root of its own", mounted);
    all.degree("container", "brig run: everything on", mounted);
    all.degree("gvisor", "brig run in gVisor: a kernel of its own", mounted);
    all.virtualMachine();
    all.runtime("crun");
    all.runtime("runc");
    all.podman();
    all.nspawn();
    return List.copyOf(all.rungs);
  }

  private void add(String id, String label, List<String> words, Path directory) {
    rungs.add(new Rung.Command(id, label, words, directory));
  }

  private void missing(String id, String label, String reason) {
    rungs.add(new Rung.Missing(id, label, reason));
  }

  /// Returns where a program is, or notes that it isn't and returns the empty string.
  private String find(String id, String label, String program, String packageName) {
    String path = context.program(program).orElse("");
    if (path.isEmpty()) {
      String advice = program + " is not installed (Debian: apt install " + packageName + ")";
      missing(id, label, advice);
    }
    return path;
  }

  /// Adds what brig takes by itself: nothing is separated; it runs in the image's own directory.
  private void host() {
    List<String> words = List.of("-w", "/work", IMAGE, "../probe");
    degree("bare", "brig-bare", "brig's own start and end, nothing separated", words);
  }

  private void degree(String id, String label, List<String> rest) {
    degree(id, id, label, rest);
  }

  /// Adds brig at a degree of isolation.
  private void degree(String degree, String id, String label, List<String> rest) {
    add(id, label, running(degree, rest), bench.path());
  }

  private List<String> running(String degree, List<String> rest) {
    List<String> words = new ArrayList<>(brig(context, bench));
    words.addAll(List.of("run", "--rm", "-i", "--isolation", degree));
    words.addAll(rest);
    return words;
  }

  /// Adds a machine under a name that says what it runs on: results of the two never meet.
  private void virtualMachine() {
    String label = "brig run in a virtual machine: a kernel of its own";
    if (context.isRootless()) {
      missing("vm", label, "needs root");
      return;
    }
    Guests guests = new Guests(context);
    String kernel;
    try {
      kernel = guests.kernel().toString();
    } catch (UnsupportedException e) {
      missing("vm", label, e.failure().finding());
      return;
    }
    if (find("vm", label, "qemu-system-x86_64", "qemu-system-x86").isEmpty()) {
      return;
    }
    boolean emulated = guests.areEmulated();
    List<String> rest = List.of("--kernel", kernel, "-w", "/work", IMAGE, "/probe");
    rungs.add(
        new Rung.VirtualMachine(
            new Rung.Command(
                emulated ? "vm:tcg" : "vm:kvm",
                label + (emulated ? ", emulated in software (TCG)" : ", by KVM"),
                running("vm", rest),
                bench.path()),
            emulated));
  }

  private static List<String> brig(Context context, Bench bench) {
    return List.of(context.self().getFirst(), "--root", bench.path().resolve("brig").toString());
  }

  /// Returns the command that makes the image of brig's arms.
  static Rung.Command making(Context context, Bench bench) {
    List<String> words = new ArrayList<>(brig(context, bench));
    words.addAll(List.of("build", "-t", IMAGE, "-f", bench.buildFile().toString()));
    words.add(bench.root().toString());
    return new Rung.Command("container", "", words, bench.path());
  }

  private void bubblewrap() {
    String label = "bubblewrap: all namespaces";
    String program = find("bwrap", label, "bwrap", "bubblewrap");
    if (!program.isEmpty()) {
      List<String> words = new ArrayList<>(List.of(program, "--unshare-all", "--die-with-parent"));
      words.addAll(List.of("--bind", bench.root().toString(), "/", "--proc", "/proc"));
      words.addAll(List.of("--dev", "/dev", "--chdir", "/work", "/probe"));
      add("bwrap", label, words, bench.path());
    }
  }

  private void runtime(String name) {
    String label = name + " run: runc spec's defaults";
    if (context.isRootless()) {
      missing(name, label, "needs root");
      return;
    }
    String program = find(name, label, name, name);
    if (!program.isEmpty()) {
      List<String> words = List.of(program, "--root", bench.path().resolve(name).toString());
      Bundles bundles = new Bundles(bench.path(), bench.root());
      rungs.add(new Rung.OciRuntime(name, label, words, bundles, bench.path()));
    }
  }

  private void podman() {
    String label = "podman run: its defaults, no network";
    String program = find("podman", label, "podman", "podman");
    if (program.isEmpty()) {
      return;
    }
    Path path = bench.path();
    List<String> words = new ArrayList<>(List.of(program));
    words.addAll(List.of("--root", path.resolve("podman").toString()));
    words.addAll(List.of("--runroot", path.resolve("podman-run").toString()));
    words.addAll(List.of("--tmpdir", path.resolve("podman-tmp").toString()));
    words.addAll(List.of("--storage-driver", "vfs", "--events-backend", "none"));
    if (!Files.isDirectory(Path.of("/run/systemd/system"))) {
      words.addAll(List.of("--cgroup-manager", "cgroupfs"));
    }
    // crun refuses hosts with both versions of cgroups.
    if (Files.isDirectory(Path.of("/sys/fs/cgroup/unified"))) {
      context.program("runc").ifPresent(runc -> words.addAll(List.of("--runtime", runc)));
    }
    words.addAll(List.of("run", "--rm", "-i", "--network", "none"));
    // Its usual limits are more than root may set in many a container and guest.
    words.addAll(List.of("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"));
    words.addAll(List.of("--log-driver", "none", "-w", "/work"));
    words.addAll(List.of("--rootfs", bench.root().toString(), "/probe"));
    add("podman", label, words, path);
  }

  private void nspawn() {
    String label = "systemd-nspawn: its defaults, no network";
    String program = find("nspawn", label, "systemd-nspawn", "systemd-container");
    if (program.isEmpty()) {
      return;
    }
    if (context.isRootless()) {
      missing("nspawn", label, "needs root");
      return;
    }
    List<String> words = new ArrayList<>(List.of(program, "--quiet", "--pipe", "--register=no"));
    words.addAll(List.of("--keep-unit", "--private-network", "--resolv-conf=off"));
    words.addAll(List.of("--timezone=off", "--link-journal=no", "--chdir=/work"));
    words.addAll(List.of("--directory=" + bench.root(), "/probe"));
    add("nspawn", label, words, bench.path());
  }
}
