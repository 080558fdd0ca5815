package dev.brig.seccomp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.linux.Capability;
import dev.brig.linux.Kernel;
import dev.brig.linux.KernelRelease;
import dev.brig.linux.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SeccompCompilerTest {
  private static final int X86_64 = 0xC000_003E;
  private static final int X86 = 0x4000_0003;
  private static final int AARCH64 = 0xC000_00B7;
  private static final int ALLOW = 0x7fff_0000;
  private static final int ERRNO = 0x0005_0000;
  private static final int EPERM = ERRNO + 1;
  private static final int ENOSYS = ERRNO + 38;
  private static final Path PODMAN = Path.of("/usr/share/containers/seccomp.json");

  @TempDir Path cache;

  private final List<String> calls = new ArrayList<>();
  private final Kernel kernel = Kernel.ofThisMachine().tracedTo(calls::add);

  private SeccompFilter compile(SeccompSource source, Set<Capability> set) {
    return new SeccompCompiler(kernel, cache + "/seccomp").compile(source, on(Machine.X86_64, set));
  }

  private static Circumstances on(Machine machine, Set<Capability> set) {
    return new Circumstances(set, machine, KernelRelease.parse("6.1.0"));
  }

  private Bpf filter(String json) {
    return new Bpf(compile(new SeccompSource.Text(json, "profile"), Set.of()));
  }

  @Test
  void theDefaultProfileIsTheOneThatItsDigestSays() {
    assertThat(SeccompSource.sha256(SeccompCompiler.defaultProfile()))
        .isEqualTo(new SeccompSource.Default().digest());
  }

  private static Set<Set<Capability>> capabilitySets() throws IOException {
    Set<Set<Capability>> sets = new HashSet<>();
    sets.add(Set.of());
    sets.add(Capability.containerDefault());
    sets.add(EnumSet.allOf(Capability.class));
    String mentioned =
        new String(SeccompCompiler.defaultProfile(), UTF_8) + Files.readString(PODMAN);
    for (Capability capability : Capability.values()) {
      if (mentioned.contains("\"" + capability.name() + "\"")) {
        sets.add(Set.of(capability));
      }
    }
    return sets;
  }

  @ParameterizedTest
  @EnumSource(Machine.class)
  void theDefaultProfileSaysWhatPodmansSays(Machine machine) throws IOException {
    assumeTrue(Files.exists(PODMAN), "podman's profile is not on this machine");
    SeccompSource podman = new SeccompSource.Text(Files.readAllBytes(PODMAN), "podman");
    SeccompCompiler compiler = new SeccompCompiler(kernel, cache.toString());
    int[] architectures =
        machine == Machine.X86_64 ? new int[] {X86_64, X86} : new int[] {AARCH64, 0x4000_0028};

    for (Set<Capability> set : capabilitySets()) {
      Bpf ours = new Bpf(compiler.compile(new SeccompSource.Default(), on(machine, set)));
      Bpf theirs = new Bpf(compiler.compile(podman, on(machine, set)));

      for (int architecture : architectures) {
        for (int number = 0; number < 500; number++) {
          compare(ours, theirs, architecture, number, set);
          compare(ours, theirs, architecture, number | 0x4000_0000, set);
        }
        compare(ours, theirs, architecture, -1, set);
      }
    }
  }

  private static void compare(
      Bpf ours, Bpf theirs, int architecture, int number, Set<Capability> set) {
    long[][] arguments = {
      {0, 0, 0},
      {8, 0, 0},
      {0x20000, 1, 1},
      {0x20008, 1, 1},
      {0xffff_ffffL, 0, 0},
      {1, 2, 3},
      {16, 3, 9},
      {16, 3, 8},
      {15, 3, 9},
      {-1, -1, -1}
    };
    for (long[] each : arguments) {
      int our = ours.verdict(architecture, number, each);
      int their = theirs.verdict(architecture, number, each);
      // Rendering the description of millions of agreements would take most of the time.
      if (our != their && !(our == EPERM && isKeyctl(architecture, number))) {
        assertThat(our)
            .as(
                "call %d of 0x%x with %d %d %d, %s",
                number, architecture, each[0], each[1], each[2], set)
            .isEqualTo(their);
      }
    }
  }

  /// Docker's answer in place of podman's: a user's keyrings have no namespace but the users'.
  private static boolean isKeyctl(int architecture, int number) {
    return switch (architecture) {
      case X86_64 -> (number & ~0x4000_0000) == 250;
      case X86 -> number == 288;
      case AARCH64 -> number == 219;
      default -> number == 311;
    };
  }

  @Test
  void theDefaultProfileDecidesByCapability() {
    Bpf few = new Bpf(compile(new SeccompSource.Default(), Set.of()));
    Bpf many = new Bpf(compile(new SeccompSource.Default(), Set.of(Capability.CAP_SYS_ADMIN)));

    assertThat(few.verdict(X86_64, 0)).isEqualTo(ALLOW);
    assertThat(few.verdict(X86_64, 321)).as("bpf").isEqualTo(EPERM);
    assertThat(many.verdict(X86_64, 321)).as("bpf").isEqualTo(ALLOW);
    assertThat(few.verdict(X86_64, 161)).as("chroot").isEqualTo(EPERM);
    assertThat(few.verdict(X86_64, 425)).as("io_uring_setup").isEqualTo(ENOSYS);
    assertThat(few.verdict(X86_64, 250)).as("keyctl").isEqualTo(EPERM);
    assertThat(few.verdict(X86_64, 9999)).isEqualTo(ENOSYS);
    assertThat(few.verdict(X86_64, 41, 16, 3, 9)).as("audit socket").isEqualTo(ERRNO + 22);
    assertThat(few.verdict(X86_64, 41, 2, 1, 0)).as("internet socket").isEqualTo(ALLOW);
    assertThat(few.verdict(0x1234, 0)).as("other architecture").isZero();
  }

  @Test
  void aKeptFilterNeedsNoLibrary() {
    SeccompFilter first = compile(new SeccompSource.Default(), Set.of());
    calls.clear();

    SeccompFilter second = compile(new SeccompSource.Default(), Set.of());

    assertThat(second).isEqualTo(first);
    assertThat(calls).noneMatch(call -> call.startsWith("memfd_create")).hasSizeLessThan(8);
  }

  @Test
  void aDamagedFileIsMadeAgain() throws IOException {
    SeccompFilter first = compile(new SeccompSource.Default(), Set.of());
    Path kept;
    try (var files = Files.list(cache.resolve("seccomp"))) {
      kept = files.findFirst().orElseThrow();
    }
    for (byte[] damage : new byte[][] {{}, new byte[20], new byte[4096]}) {
      Files.write(kept, damage);

      assertThat(compile(new SeccompSource.Default(), Set.of())).isEqualTo(first);
    }
    byte[] whole = Files.readAllBytes(kept);
    whole[100] ^= 1;
    Files.write(kept, whole);
    assertThat(compile(new SeccompSource.Default(), Set.of())).isEqualTo(first);
  }

  @Test
  void worksWithoutACache() {
    SeccompFilter filter =
        new SeccompCompiler(kernel, "/proc/nowhere")
            .compile(new SeccompSource.Default(), on(Machine.X86_64, Set.of()));

    assertThat(filter.program()).isNotEmpty();
    assertThat(filter.program().length / 8).isLessThan(4096);
  }

  @Test
  void comparesArgumentsInEveryWay() {
    String[] operators = {"NE", "LT", "LE", "EQ", "GE", "GT"};
    boolean[][] holds = {
      {true, false, true}, {true, false, false}, {true, true, false},
      {false, true, false}, {false, true, true}, {false, false, true}
    };
    long value = 0x1_0000_0005L;
    for (int i = 0; i < operators.length; i++) {
      Bpf bpf =
          filter(
              """
              {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["getpriority"],
               "action": "SCMP_ACT_ERRNO", "errnoRet": 7,
               "args": [{"index": 1, "value": 4294967301, "op": "SCMP_CMP_%s"}]}]}
              """
                  .formatted(operators[i]));

      for (int j = 0; j < 3; j++) {
        assertThat(bpf.verdict(X86_64, 140, 0, value - 1 + j))
            .as(operators[i] + " " + (j - 1))
            .isEqualTo(holds[i][j] ? ERRNO + 7 : ALLOW);
      }
    }
  }

  @Test
  void masksAnArgument() {
    Bpf bpf =
        filter(
            """
            {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"name": "clone",
             "action": "SCMP_ACT_KILL_PROCESS", "args":
             [{"index": 0, "value": 2114060288, "valueTwo": 268435456, "op": "SCMP_CMP_MASKED_EQ"}]}]}
            """);

    assertThat(bpf.verdict(X86_64, 56, 0x1000_0011)).isEqualTo(0x8000_0000);
    assertThat(bpf.verdict(X86_64, 56, 0x3000_0011)).isEqualTo(ALLOW);
  }

  @Test
  void twoTestsOfOneArgumentAreAlternatives() {
    Bpf bpf =
        filter(
            """
            {"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["personality"],
             "action": "SCMP_ACT_ALLOW", "args": [
               {"index": 0, "value": 0, "op": "SCMP_CMP_EQ"},
               {"index": 0, "value": 8, "op": "SCMP_CMP_EQ"}]}]}
            """);

    assertThat(bpf.verdict(X86_64, 135, 0)).isEqualTo(ALLOW);
    assertThat(bpf.verdict(X86_64, 135, 8)).isEqualTo(ALLOW);
    assertThat(bpf.verdict(X86_64, 135, 9)).isEqualTo(EPERM);
  }

  @Test
  void callsNewerThanTheProfileDoNotExist() {
    Bpf bpf =
        filter(
            """
            {"defaultAction": "SCMP_ACT_ERRNO",
             "archMap": [{"architecture": "SCMP_ARCH_X86_64",
                          "subArchitectures": ["SCMP_ARCH_X86", "SCMP_ARCH_X32"]}],
             "syscalls": [{"names": ["read", "openat2"], "action": "SCMP_ACT_ALLOW"}]}
            """);

    assertThat(bpf.verdict(X86_64, 0)).isEqualTo(ALLOW);
    assertThat(bpf.verdict(X86_64, 1)).isEqualTo(EPERM);
    assertThat(bpf.verdict(X86_64, 437)).isEqualTo(ALLOW);
    assertThat(bpf.verdict(X86_64, 438)).isEqualTo(ENOSYS);
    assertThat(bpf.verdict(X86, 437)).isEqualTo(ALLOW);
    assertThat(bpf.verdict(X86, 436)).isEqualTo(EPERM);
    assertThat(bpf.verdict(X86, 438)).isEqualTo(ENOSYS);
    assertThat(bpf.verdict(X86_64, 0x4000_0000 + 437)).isEqualTo(ALLOW);
    assertThat(bpf.verdict(X86_64, 0x4000_0000 + 438)).isEqualTo(ENOSYS);
    assertThat(bpf.verdict(X86_64, 0x4000_0000 + 1)).isEqualTo(EPERM);
    assertThat(bpf.verdict(AARCH64, 0)).isZero();
  }

  @Test
  void aRuleMayAskForAKernel() {
    String json =
        """
        {"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38, "syscalls": [
          {"names": ["ptrace"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "4.8"}},
          {"names": ["bpf"], "action": "SCMP_ACT_ALLOW", "includes": {"minKernel": "6.2"}},
          {"names": ["read"], "action": "SCMP_ACT_ALLOW", "excludes": {"minKernel": "6.1"}}]}
        """;
    Bpf bpf = filter(json);

    assertThat(bpf.verdict(X86_64, 101)).isEqualTo(ALLOW);
    assertThat(bpf.verdict(X86_64, 321)).isEqualTo(ENOSYS);
    assertThat(bpf.verdict(X86_64, 0)).isEqualTo(ENOSYS);
  }

  @Test
  void keepsFlagsAndTheWishForASupervisor() {
    SeccompSource source =
        new SeccompSource.Text(
            """
            {"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_LOG"], "syscalls":
             [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]}
            """,
            "profile");

    SeccompFilter made = compile(source, Set.of());
    SeccompFilter kept = compile(source, Set.of());

    assertThat(made.flags()).isEqualTo(2);
    assertThat(made.notifies()).isEqualTo(SeccompFilter.Notifies.SOMETIMES);
    assertThat(kept).isEqualTo(made);
  }

  @Test
  void refusesToLetPassWhatItCannotName() {
    String json =
        """
        {"defaultAction": "SCMP_ACT_ALLOW", "syscalls":
         [{"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"}]}
        """;

    assertThatThrownBy(() -> filter(json))
        .isInstanceOf(UnsupportedException.class)
        .hasMessageContaining("no_such_call");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[]|it is not an object",
        "{|it is not JSON at line 1 column 2",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\"} x|it goes on after its end",
        "{}|\"defaultAction\" is missing",
        "{\"defaultAction\": \"ALLOW\"}|defaultAction: unknown word \"ALLOW\"",
        "{\"defaultAction\": 5}|defaultAction: it is not a string",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"x\": 1}|unknown field \"x\"",
        "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 70000}|defaultErrnoRet",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": {}}|syscalls: it is not an array",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{}]}|syscalls[0]: it names no",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"x86\"]}|architectures[0]",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"architectures\": [\"SCMP_ARCH_VAX\"]}|vax",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"flags\": [\"X\"]}|unknown flag \"X\"",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"name\": \"read\", \"action\":"
            + " \"SCMP_ACT_KILL\", \"args\": [{\"index\": 6, \"op\": \"SCMP_CMP_EQ\"}]}]}"
            + "|syscalls[0].args[0].index: it is not a whole number from 0 to 5",
        "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"name\": \"read\", \"action\":"
            + " \"SCMP_ACT_KILL\", \"includes\": {\"caps\": [\"CAP_X\"]}}]}|CAP_X",
      })
  void namesWhatIsWrongWithAProfile(String json, String finding) {
    assertThatThrownBy(() -> filter(json))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith("profile: ")
        .hasMessageContaining(finding);
  }

  @Test
  void theKernelTakesTheDefaultFilter() throws IOException, InterruptedException {
    Path bwrap = Path.of("/usr/bin/bwrap");
    Path python = Path.of("/usr/bin/python3");
    assumeTrue(Files.isExecutable(bwrap), "bubblewrap is not on this machine");
    assumeTrue(Files.isExecutable(python), "python3 is not on this machine");
    Path program = cache.resolve("filter");
    Files.write(program, compile(new SeccompSource.Default(), Set.of()).program());
    String probe =
        """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        def call(number, *a):
            ctypes.set_errno(0)
            libc.syscall(number, *a)
            return ctypes.get_errno()
        print(call(39), call(321, 0, 0, 0), call(425, 0, 0), call(161, b"/"), call(41, 16, 3, 9))
        """;

    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                "exec bwrap --ro-bind / / --dev /dev --seccomp 9 /usr/bin/python3 -c \"$1\""
                    + " 9<\"$2\"",
                "sh",
                probe,
                program.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.strip()).isEqualTo("0 1 38 1 22");
  }
}
