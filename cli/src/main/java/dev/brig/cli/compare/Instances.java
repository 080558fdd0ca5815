package dev.brig.cli.compare;

import dev.brig.cli.compare.result.Comparison.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Idle instances of an arm: what memory they take, and what they share with the host.
///
/// All processes that descend from this one belong to the arm, since nothing else runs meanwhile,
/// and this process has itself made the reaper of its orphans: those of podman are children of
/// nobody else.
///
/// @param runner what starts them
record Instances(Runner runner) {
  private static final Path PROC = Path.of("/proc");
  private static final String KERNEL = "kernel";
  private static final String OWN = "its own";
  private static final String[] NAMESPACES = {
    "mnt", "pid", "net", "ipc", "uts", "user", "cgroup", "time"
  };

  /// What was found.
  ///
  /// @param points memory by the number of instances
  /// @param facts what an instance shares
  record Found(List<Point> points, Map<String, String> facts) {
    Found {
      points = List.copyOf(points);
    }
  }

  /// Starts instances one by one and looks at them, and ends them.
  ///
  /// @param limitNanos after how long no third one is started: where all is slow, few must do
  Found look(Rung rung, int countMax, long limitNanos) {
    long begin = System.nanoTime();
    Set<Long> before = descendants();
    List<Process> processes = new ArrayList<>();
    List<Point> points = new ArrayList<>();
    Map<String, String> facts = Map.of();
    try {
      while (processes.size() < Math.min(2, countMax)
          || (processes.size() < countMax && System.nanoTime() - begin < limitNanos)) {
        processes.add(runner.start(rung, "n"));
        Set<Long> own = descendants();
        own.removeAll(before);
        points.add(new Point(rung.id(), processes.size(), proportionalBytes(own)));
        if (processes.size() == 1) {
          facts = facts(own);
        }
      }
    } finally {
      runner.stop(processes);
    }
    return new Found(points, facts);
  }

  private static Set<Long> descendants() {
    Set<Long> pids = new HashSet<>();
    ProcessHandle.current().descendants().forEach(process -> pids.add(process.pid()));
    return pids;
  }

  /// Returns the proportional set sizes together: what several processes share counts once.
  ///
  /// @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html">proc_pid_smaps(5),
  ///   smaps_rollup</a>
  private static long proportionalBytes(Set<Long> pids) {
    long kibibytes = 0;
    for (long pid : pids) {
      String pss = MachineFacts.field(PROC.resolve(pid + "/smaps_rollup"), "Pss:");
      int space = pss.indexOf(' ');
      if (space > 0) {
        kibibytes += Long.parseLong(pss.substring(0, space));
      }
    }
    return kibibytes << 10;
  }

  /// Tells whether facts are those of an arm with a kernel of its own.
  static boolean hasKernel(Map<String, String> facts) {
    return OWN.equals(facts.get(KERNEL));
  }

  private static Map<String, String> facts(Set<Long> pids) {
    Map<String, String> facts = new LinkedHashMap<>();
    for (long pid : pids) {
      Path process = PROC.resolve(Long.toString(pid));
      if (MachineFacts.line(process.resolve("comm")).equals("probe")) {
        facts.put(KERNEL, "the host's");
        facts.put("root", sameRoot(process) ? "the host's" : "its own");
        namespaces(process, facts);
        Path status = process.resolve("status");
        String effective = MachineFacts.field(status, "CapEff");
        if (!effective.isEmpty()) {
          int count = Long.bitCount(Long.parseUnsignedLong(effective, 16));
          facts.put("capabilities", Integer.toString(count));
        }
        facts.put(
            "seccomp", MachineFacts.field(status, "Seccomp").equals("2") ? "filtered" : "none");
        facts.put("new privileges", can(MachineFacts.field(status, "NoNewPrivs")));
      }
    }
    if (facts.isEmpty()) {
      // The probe is no process of the host's.
      facts.put(KERNEL, OWN);
    }
    facts.put("processes on the host", Integer.toString(pids.size()));
    return facts;
  }

  private static String can(String noNewPrivileges) {
    return noNewPrivileges.equals("1") ? "refused" : "possible";
  }

  private static boolean sameRoot(Path process) {
    try {
      return Files.isSameFile(process.resolve("root"), Path.of("/"));
    } catch (IOException _) {
      // It has ended, or may not be looked at; what is not known to be the host's is not.
      return false;
    }
  }

  private static void namespaces(Path process, Map<String, String> facts) {
    List<String> own = new ArrayList<>();
    for (String name : NAMESPACES) {
      Path host = PROC.resolve("self/ns").resolve(name);
      try {
        String other = Files.readSymbolicLink(process.resolve("ns").resolve(name)).toString();
        if (!other.equals(Files.readSymbolicLink(host).toString())) {
          own.add(name);
        }
      } catch (IOException _) {
        // A kernel without this kind of namespace: shared.
      }
    }
    facts.put("namespaces of its own", own.isEmpty() ? "none" : String.join(" ", own));
  }
}
