package dev.brig.cli.lab;

import dev.brig.cli.command.Context;
import dev.brig.cli.guest.Guests;
import dev.brig.cli.lab.Expectation.Observation;
import dev.brig.cli.run.RunOption;
import dev.brig.cli.run.RunSyntax;
import dev.brig.cli.run.StepContainer;
import dev.brig.cli.syntax.ArgumentReader;
import dev.brig.cli.syntax.Reading;
import dev.brig.error.UnsupportedException;
import dev.brig.image.Image;
import dev.brig.image.store.ImageStore;
import dev.brig.linux.AttributeCalls;
import dev.brig.linux.Fd;
import dev.brig.linux.Kernel;
import dev.brig.linux.Links;
import dev.brig.runtime.container.ContainerPaths;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where labs take place: a container whose root is this machine's, read-only, and which plays the
/// host. brig runs in it as it does outside; what gets out of a container there is in the capsule.
final class Capsule {
  // What brig needs there to make containers and wires, and none of what acts on the whole machine:
  // modules, the clock, the kernel's log, raw input and output, restarting.
  private static final List<String> CAPABILITIES =
      List.of("SYS_ADMIN", "NET_ADMIN", "NET_RAW", "MKNOD", "SYS_PTRACE", "DAC_READ_SEARCH");
  // Of the brig in there.
  private static final String ROOT = "/run/brig-lab";
  private static final String PRELUDE =
      """
      export BRIG_ROOT=%s
      mkdir -p /run/lab "$BRIG_ROOT"; cd /run/lab
      printf %%s "$NONCE" > /run/lab/secret; unset NONCE
      for d in /sys/fs/cgroup /sys/fs/cgroup/*; do
        mount -o remount,bind,rw "$d" 2>/dev/null
      done
      """
          .formatted(ROOT);

  private final Context context;
  private final Lab lab;
  private final String nonce;

  /// Makes one; nothing runs yet.
  ///
  /// @param lab whose options hold
  /// @param nonce the secret that is put into its root, in /run/lab/secret
  Capsule(Context context, Lab lab, String nonce) {
    this.context = context;
    this.lab = lab;
    this.nonce = nonce;
  }

  /// Runs a script in a capsule of its own.
  ///
  /// @throws dev.brig.error.BrigException if there can be no capsule here
  Observation run(String script) {
    if (context.isRootless()) {
      throw new UnsupportedException(
          "brig lab",
          "labs take place in a container with limits, which an ordinary user can't set here",
          "sudo brig lab ...");
    }
    List<String> words = options();
    words.addAll(List.of(Image.HOST, "sh", "-c", PRELUDE + brig() + script));
    if (!(ArgumentReader.read(RunSyntax.run(), words)
        instanceof Reading.Arguments<RunOption> arguments)) {
      throw new IllegalArgumentException("--help among the capsule's options");
    }
    List<String> command = arguments.operands().subList(1, arguments.operands().size());
    try (ImageStore images = context.images()) {
      Image host = context.resolve(images, Image.HOST);
      ContainerPaths paths;
      Observation seen;
      try (StepContainer container =
          StepContainer.make(context, host, arguments.settings(), command)) {
        paths = container.paths();
        StepContainer.Ended ended = container.run();
        seen = new Observation(ended.status(), ended.output());
      }
      return leftover(paths, seen);
    }
  }

  /// Returns the options of `brig run` for an interactive capsule and for those of scripts.
  List<String> options() {
    List<String> words = new ArrayList<>(List.of("--hostname", "fakehost", "--network", "none"));
    words.addAll(List.of("--memory", "256m", "--pids-limit", "64", "--cpus", "1"));
    words.addAll(List.of("--read-only", "--timeout", "120", "--env", "NONCE=" + nonce));
    for (String capability : CAPABILITIES) {
      words.addAll(List.of("--cap-add", capability));
    }
    String path = context.environment().getOrDefault("PATH", "");
    words.addAll(List.of("--env", "PATH=" + path));
    String java = context.environment().getOrDefault("JAVA_HOME", "");
    if (!java.isEmpty()) {
      words.addAll(List.of("--env", "JAVA_HOME=" + java));
    }
    for (String directory : List.of(home(), System.getProperty("java.home", "/"))) {
      if (!isOnRoot(directory) || isCovered(directory)) {
        words.addAll(List.of("-v", directory + ":" + directory + ":ro"));
      }
    }
    String kernels = new Guests(context).kernels().toString();
    if (context.kernel().attributes().exists(kernels)) {
      words.addAll(List.of("-v", kernels + ":" + ROOT + "/kernels:ro"));
    }
    words.addAll(lab.capsule());
    return words;
  }

  /// Returns the directory that brig's own files are below: the checkout, or where it is installed.
  private static String home() {
    Path directory = Path.of(self()).toAbsolutePath().normalize().getParent();
    if (directory == null) {
      return "/";
    }
    Path prefix = directory.getParent();
    return directory.endsWith("bin") && prefix != null ? prefix.toString() : directory.toString();
  }

  private static String self() {
    return System.getProperty("brig.command", "brig");
  }

  /// Tells whether the capsule's root, which is this machine's without what is mounted below, has a
  /// directory.
  private boolean isOnRoot(String directory) {
    AttributeCalls attributes = context.kernel().attributes();
    return attributes
        .stat(Fd.CWD, directory, Links.FOLLOW)
        .device()
        .equals(attributes.stat(Fd.CWD, "/", Links.FOLLOW).device());
  }

  /// Tells whether a directory is below one that memory covers where the root is read-only.
  private static boolean isCovered(String directory) {
    return directory.startsWith("/tmp/")
        || directory.startsWith("/run/")
        || directory.startsWith("/var/tmp/");
  }

  /// Returns the script that an interactive shell begins with.
  String prelude() {
    return PRELUDE + brig();
  }

  // The same brig as outside, under its name.
  private static String brig() {
    return "mkdir -p /run/lab-bin; ln -sf '"
        + self().replace("'", "'\\''")
        + "' /run/lab-bin/brig; PATH=/run/lab-bin:$PATH; export PATH\n";
  }

  /// Adds to what was seen what is left of the capsule on this machine: nothing, or brig is wrong.
  private Observation leftover(ContainerPaths paths, Observation seen) {
    Kernel kernel = context.kernel();
    List<String> left = new ArrayList<>();
    for (Path path : List.of(paths.directory(), paths.run())) {
      if (kernel.attributes().statIfPresent(Fd.CWD, path.toString(), Links.NOFOLLOW).isPresent()) {
        left.add(path.toString());
      }
    }
    String mounts =
        kernel
            .files()
            .readIfPresent(Fd.CWD, "/proc/self/mountinfo", 4 << 20)
            .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
            .orElse("");
    if (mounts.contains(paths.id().text())) {
      left.add("a mount of " + paths.id().text());
    }
    return left.isEmpty()
        ? seen
        : new Observation(255, seen.output() + "\nleft behind: " + String.join(", ", left) + "\n");
  }
}
