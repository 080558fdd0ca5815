package dev.brig.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.linux.SubordinateIds.IdRange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostProbeTest {
  private final List<String> calls = new ArrayList<>();
  private final Host host =
      new HostProbe(Kernel.ofThisMachine().tracedTo(calls::add), List.of("/usr/sbin", "/usr/bin"));

  @Test
  void readsNothingBeforeItIsAsked() {
    assertThat(calls).isEmpty();
  }

  @Test
  void readsAFactOnce() {
    KernelRelease release = host.release();
    boolean there = host.exists("/proc/kcore");
    int count = calls.size();

    assertThat(host.release()).isSameAs(release);
    assertThat(host.exists("/proc/kcore")).isEqualTo(there);
    assertThat(calls).hasSize(count);
  }

  @Test
  void agreesWithTheMachine() throws IOException {
    assertThat(host.release().text()).isEqualTo(System.getProperty("os.version"));
    assertThat(host.hostname())
        .isEqualTo(Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
    assertThat(host.identity().uid())
        .isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    assertThat(host.exists("/proc/self")).isTrue();
    assertThat(host.exists("/proc/none")).isFalse();
    assertThat(host.umask()).isBetween(0, 0777);
    assertThat(host.limit(Rlimit.RLIMIT_NOFILE).soft()).isPositive();
    assertThat(host.userNamespaces().namespacesMax()).isNotNegative();
  }

  @Test
  void knowsTheUserByName() {
    SubordinateIds ids = new SubordinateIdReader(Kernel.ofThisMachine(), List.of("/bin")).read(0);

    assertThat(ids.user()).isEqualTo("root");
    assertThat(UserDatabase.name(0)).contains("root");
    assertThat(UserDatabase.name(1_999_999_999)).isEmpty();
  }

  @Test
  void readsTheRangesOfAUserByNameAndNumber() {
    String file =
        "alice:100000:65536\nbob:165536:65536\n\nbroken\n1000:300000:1\nalice:x:5\nalice:7:0";

    assertThat(SubordinateIdReader.ranges(file, "alice", "1000"))
        .containsExactly(new IdRange(100_000, 65_536), new IdRange(300_000, 1));
    assertThat(SubordinateIdReader.ranges(file, "carol", "1001")).isEmpty();
  }

  @Test
  void readsTheIdsOfANamespaceWithoutTheCallersOwn() {
    String map = "         0       1001          1\n         1     100000      65536\n";

    assertThat(SubordinateIdReader.others(map, 0)).containsExactly(new IdRange(1, 65536));
    assertThat(SubordinateIdReader.others(map, 1000))
        .containsExactly(new IdRange(0, 1), new IdRange(1, 999), new IdRange(1001, 64536));
    assertThat(SubordinateIdReader.others("0 1001 1\n", 0)).isEmpty();
    assertThat(SubordinateIdReader.others("", 0)).isEmpty();
  }

  @Test
  void findsANameInAPasswordFile() {
    String file = "root:x:0:0:root:/root:/bin/sh\nbroken\nalice:x:1000:100:::\nb:x:10:0:::";

    assertThat(SubordinateIdReader.nameIn(file, "1000")).isEqualTo("alice");
    assertThat(SubordinateIdReader.nameIn(file, "10")).isEqualTo("b");
    assertThat(SubordinateIdReader.nameIn(file, "100")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "6.18.3-cloud-amd64, 6, 18, true",
    "5.12.0, 5, 12, true",
    "5.11.22, 5, 12, false",
    "4.19, 5, 0, false",
    "10.0-rc1, 6, 18, true",
    "6.1, 6, 2, false",
    "nonsense, 1, 0, false",
  })
  void comparesReleases(String text, int major, int minor, boolean atLeast) {
    assertThat(KernelRelease.parse(text).atLeast(major, minor)).isEqualTo(atLeast);
  }
}
