package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `--isolation gvisor`: commands that can't be executed, and capabilities that its runtime does
/// not know.
class GvisorIT {
  private static final String TABLE = "integration-tests/src/test/resources/dev/brig/it/errors.txt";

  @TempDir static Path folder;

  @BeforeAll
  static void plant() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    for (String tool : List.of("/usr/bin/runsc", "/bin/busybox", "/usr/bin/jq")) {
      assumeTrue(Files.isExecutable(Path.of(tool)), "needs " + tool);
    }
    Path script = Checkout.root().resolve(TABLE).resolveSibling("errors-fixture.sh");
    Brig.Ended made =
        Shell.ended(new ProcessBuilder("sh", script.toString()).directory(folder.toFile()));
    assertThat(made.status()).as(made.err()).isZero();
    made =
        ContainerLab.shell(
            """
            cd "$1/root" && mkdir opt && ln -s /bin/true opt/true && ln -s ../bin opt/dir
            printf '#!/bin/sh\\necho "script $1"\\n' > opt/script && chmod +x opt/script
            """,
            folder.toString());
    assertThat(made.status()).as(made.err()).isZero();
  }

  @AfterEach
  void leavesNothing() throws IOException, InterruptedException {
    // `brig run --rm` ends before another brig has removed the rest.
    Brig.Ended gone =
        ContainerLab.shell(
            "until [ -z \"$(\"$1\" --root \"$2\" ps -aq)\" ]; do :; done",
            Checkout.root() + "/brig",
            folder + "/state");
    assertThat(gone.err()).isEmpty();
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(folder.toString());
  }

  private static Brig brig() {
    return Brig.in(folder.resolve("state"));
  }

  private static Transcript transcript() {
    return new Transcript(TABLE, folder);
  }

  /// The table that [ErrorsIT] holds containers to, where the host's kernel refuses a command: here
  /// nobody asks it.
  @TestFactory
  List<DynamicTest> refusesACommandAsAContainerDoes() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Transcript.Row row : transcript().rows()) {
      if (row.line().matches("brig run --rm .*")
          && row.outcome().matches("(?s)status 12[67]\n.*")) {
        String line = row.line().replace("run --rm", "run --rm --isolation gvisor");
        String outcome =
            row.outcome().replaceAll(", or install qemu-user-static.*", "; gVisor runs no others");
        tests.add(
            DynamicTest.dynamicTest(
                line, () -> assertThat(transcript().outcome(line)).isEqualTo(outcome)));
      }
    }
    assertThat(tests).hasSizeGreaterThan(15);
    return tests;
  }

  @ParameterizedTest
  @CsvSource({
    "/opt/true,''",
    "-w /opt|dir/sh -c pwd,/opt",
    "-w /opt|./script word,script word",
    "-e PATH=/nowhere:/opt|script word,script word",
    "-v FOLDER/root/opt:/tmp/a --tmpfs /tmp|/tmp/a/script word,script word",
    "--read-only|true,''"
  })
  void executesWhatAContainerWould(String words, String said)
      throws IOException, InterruptedException {
    int bar = words.indexOf('|');
    List<String> line = new ArrayList<>(List.of("run", "--rm", "--isolation", "gvisor"));
    if (bar > 0) {
      line.addAll(List.of(words.substring(0, bar).replace("FOLDER", "" + folder).split(" ")));
    }
    line.add(folder + "/root");
    line.addAll(List.of(words.substring(bar + 1).split(" ")));

    Brig.Ended ended = brig().run(line.toArray(String[]::new));

    assertThat(ended.out().strip()).as(ended.err()).isEqualTo(said);
    assertThat(ended.status()).isZero();
  }

  @Test
  void recordsWhyAContainerCouldNotBeStarted() throws IOException, InterruptedException {
    String[] create = {
      "create", "--isolation", "gvisor", "--name", "c", folder + "/root", "/opt/late"
    };
    assertThat(brig().run(create).status()).isZero();

    Brig.Ended started = brig().run("start", "-a", "c");
    Brig.Ended shown = brig().run("inspect", "c");
    var _ = brig().run("cp", folder + "/root/opt/script", "c:/opt/late");
    Brig.Ended again = brig().run("start", "-a", "c");
    var _ = brig().run("rm", "c");

    assertThat(started.status()).isEqualTo(127);
    assertThat(started.err()).contains("but no \"late\" in it");
    assertThat(shown.out()).contains("\"exitCode\": 127").contains("but no \\\"late\\\" in it");
    assertThat(again.out()).as(again.err()).isEqualTo("script \n");
  }

  @Test
  void leavesAloneWhatIsMountedReadOnly() throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve("root/opt/kept"), "kept\n");
    String volume = folder + "/root/opt:/mnt:ro";
    String write =
        "cat /mnt/kept; for f in kept new; do (echo new > /mnt/$f) || echo refused; done";
    List<String> line = new ArrayList<>(List.of("run", "--rm", "--isolation", "gvisor"));
    line.addAll(List.of("-v", volume, folder + "/root", "sh", "-c", write));

    Brig.Ended ended = brig().run(line.toArray(String[]::new));

    assertThat(ended.out()).as(ended.err()).isEqualTo("kept\nrefused\nrefused\n");
    assertThat(file).hasContent("kept");
    assertThat(file.resolveSibling("new")).doesNotExist();
  }

  private static boolean isKnown(String capability) throws IOException, InterruptedException {
    Brig.Ended asked =
        Shell.ended(
            new ProcessBuilder(
                "runsc", "--root", "" + folder, "exec", "--cap", capability, "none", "true"));
    return !asked.err().contains("unknown capability");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SYS_PTRACE", "PERFMON", "BPF", "CHECKPOINT_RESTORE"})
  void refusesByNameACapabilityThatItsRuntimeDoesNotKnow(String name)
      throws IOException, InterruptedException {
    String[] words = ("run --rm --isolation gvisor --cap-add " + name + " ROOT true").split(" ");
    words[6] = folder + "/root";

    Brig.Ended ended = brig().run(words);

    if (isKnown("CAP_" + name)) {
      assertThat(ended).isEqualTo(new Brig.Ended(0, "", ""));
    } else {
      assertThat(ended.status()).isEqualTo(125);
      assertThat(ended.err())
          .startsWith("brig: run: --cap-add CAP_" + name + ": ")
          .contains("/usr/bin/runsc, does not know this capability")
          .contains("hint: leave it out");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NET_ADMIN"})
  void hasAllCapabilitiesThatItsRuntimeKnows(String dropped)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("run", "--rm", "--isolation", "gvisor"));
    line.addAll(List.of("--cap-add", "ALL"));
    if (!dropped.isEmpty()) {
      line.addAll(List.of("--cap-drop", dropped));
    }
    line.addAll(List.of(folder + "/root", "sh", "-c", "busybox grep CapEff /proc/self/status"));

    Brig.Ended ended = brig().run(line.toArray(String[]::new));

    assertThat(ended.status()).as(ended.err()).isZero();
    long bits = Long.parseLong(ended.out().replaceAll("CapEff:\\s*", "").strip(), 16);
    // CAP_NET_ADMIN is 12, CAP_SYS_ADMIN 21, CAP_AUDIT_READ 37; capabilities(7).
    assertThat((bits >> 12) & 1).isEqualTo(dropped.isEmpty() ? 1 : 0);
    assertThat((bits >> 21) & 1).isEqualTo(1);
    assertThat((bits >> 37) & 1).isEqualTo(1);
  }
}
