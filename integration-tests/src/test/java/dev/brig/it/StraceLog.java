package dev.brig.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What `strace -ff` wrote about a run of brig: the calls of each process, in order.
///
/// @param calls the calls by the pid that strace knows the process by
/// @param killed the processes that were killed, wherever they were
/// @param program the process that was brig's JVM and became the program
/// @param becameProgram where among that process's calls the program's begin
record StraceLog(Map<Long, List<Call>> calls, Set<Long> killed, long program, int becameProgram) {
  /// Each process in a file of its own, nothing shortened, pids as strace knows them.
  static final List<String> OPTIONS =
      List.of("-ff", "-v", "-s", "65536", "--pidns-translation", "-q");

  private static final Pattern LINE = Pattern.compile("(\\w+)\\((.*)\\) += (.*)");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NAME = Pattern.compile("/names/\\w+");
  private static final Pattern CLONED = Pattern.compile("\\} => \\{pidfd=\\[(\\d+)\\]\\}");
  private static final Pattern DATE = Pattern.compile(" /\\* \\d{4}-[-0-9T:.+]+ \\*/");
  private static final Pattern REMARK = Pattern.compile(" /\\* [A-Z_?|]+ \\*/");
  private static final Pattern TRANSLATED = Pattern.compile(" /\\* (\\d+) in strace's PID NS \\*/");

  /// A call that a process made.
  ///
  /// @param text the call and its arguments
  /// @param result what it returned
  /// @param errno the symbol of the error, or empty
  /// @param pid the result as a pid that strace knows, if it is one
  record Call(String text, long result, String errno, long pid) {}

  /// Reads all files whose names begin so.
  static StraceLog read(Path prefix) throws IOException {
    Map<Long, List<Call>> calls = new HashMap<>();
    Set<Long> killed = new HashSet<>();
    long program = 0;
    int becameProgram = 0;
    List<Path> files;
    try (Stream<Path> all = Files.list(prefix.getParent())) {
      files = all.filter(file -> file.toString().startsWith(prefix + ".")).toList();
    }
    for (Path file : files) {
      long pid = Long.parseLong(file.toString().substring(prefix.toString().length() + 1));
      List<Call> seen = new ArrayList<>();
      for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
        if (line.startsWith("<... execveat resumed>")) {
          program = pid;
          becameProgram = seen.size();
        }
        if (line.startsWith("+++ killed by SIGKILL")) {
          killed.add(pid);
        }
        call(line).ifPresent(seen::add);
      }
      calls.put(pid, seen);
    }
    return new StraceLog(calls, killed, program, becameProgram);
  }

  private static Optional<Call> call(String line) {
    Matcher matcher = LINE.matcher(line);
    // A call that the kernel begins again is seen again.
    if (!matcher.matches() || matcher.group(3).startsWith("? ERESTART")) {
      return Optional.empty();
    }
    String outcome = matcher.group(3);
    String[] words = outcome.split(" ", 3);
    String errno = words[0].equals("-1") ? words[1] : "";
    long result = number(words[0]);
    Matcher translated = TRANSLATED.matcher(outcome);
    long pid = translated.find() ? Long.parseLong(translated.group(1)) : result;
    String arguments = TRANSLATED.matcher(matcher.group(2)).replaceAll("");
    return Optional.of(
        new Call(plain(matcher.group(1) + "(" + arguments + ")"), result, errno, pid));
  }

  private static long number(String text) {
    if (text.startsWith("0x")) {
      return Long.parseLong(text.substring(2), 16);
    }
    boolean octal = text.length() > 1 && text.startsWith("0");
    return text.matches("-?\\d+") ? Long.parseLong(text, octal ? 8 : 10) : 0;
  }

  /// Returns the text of a call without what must differ from run to run, and without remarks, in
  /// which strace says that it knows no name, and brig what the name is.
  static String plain(String text) {
    String plain = text;
    Matcher id = ID.matcher(text);
    while (id.find()) {
      plain = plain.replace(id.group(), "ID");
    }
    plain = plain.replaceAll("\"[0-9a-f]{12}\"", "\"ID\"").replaceAll("=[0-9a-f]{12}\"", "=ID\"");
    plain = NAME.matcher(plain).replaceAll("/names/NAME");
    Matcher cloned = CLONED.matcher(plain);
    if (cloned.find()) {
      plain = plain.replaceFirst("pidfd=0x[0-9a-f]+", "pidfd=[" + cloned.group(1) + "]");
      plain = plain.replaceFirst(" => \\{pidfd=\\[\\d+\\]\\}", "");
    }
    plain = DATE.matcher(plain).replaceAll("");
    // Drivers of sound have the same number.
    return REMARK.matcher(plain).replaceAll("").replace("SNDCTL_TMR_STOP or ", "");
  }
}
