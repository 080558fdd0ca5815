package dev.brig.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.error.UsageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

  @ParameterizedTest
  @CsvSource({
    "TERM, 15",
    "SIGTERM, 15",
    "sigterm, 15",
    "15, 15",
    "HUP, 1",
    "SIGRTMIN, 34",
    "RTMIN+3, 37",
    "RTMAX, 64",
    "SIGRTMAX-1, 63",
    "CLD, 17",
    "POLL, 29",
    "64, 64",
    "STKFLT, 16"
  })
  void readsSignals(String word, int number) {
    assertThat(Signal.parse(word)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "65",
        "-1",
        "FOO",
        "SIG",
        "RTMIN+31",
        "RTMIN-1",
        "RTMAX+1",
        "99999999999"
      })
  void refusesWhatIsNoSignal(String word) {
    assertThatThrownBy(() -> Signal.parse(word))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("\"" + word + "\"");
  }

  @Test
  void namesSignals() {
    assertThat(Signal.text(9)).isEqualTo("SIGKILL");
    assertThat(Signal.text(37)).isEqualTo("SIGRT_3");
    assertThat(Signal.text(0)).isEqualTo("0");
  }

  @ParameterizedTest
  @CsvSource({"NET_ADMIN, 12", "CAP_NET_ADMIN, 12", "cap_chown, 0", "checkpoint_restore, 40"})
  void readsCapabilities(String name, int bit) {
    assertThat(Capability.parse(name).bit()).isEqualTo(1L << bit);
  }

  @Test
  void refusesWhatIsNoCapability() {
    assertThatThrownBy(() -> Capability.parse("CAP_FLY")).isInstanceOf(UsageException.class);
  }

  @Test
  void turnsCapabilitiesIntoBitsAndBack() {
    Set<Capability> set = Capability.containerDefault();

    assertThat(Capability.bits(set)).isEqualTo(0x800405fbL);
    assertThat(Capability.of(Capability.bits(set))).isEqualTo(set);
  }

  @ParameterizedTest
  @CsvSource({
    "nofile=1024:2048, RLIMIT_NOFILE, 1024:2048",
    "RLIMIT_CORE=0, RLIMIT_CORE, 0:0",
    "nproc=unlimited, RLIMIT_NPROC, unlimited:unlimited",
    "memlock=64:-1, RLIMIT_MEMLOCK, 64:unlimited"
  })
  void readsLimits(String text, Rlimit limit, String value) {
    Rlimit.Setting setting = Rlimit.Setting.parse(text);

    assertThat(setting.limit()).isEqualTo(limit);
    assertThat(setting.value().text()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nofile",
        "=5",
        "nofile=",
        "nofile=a",
        "nofile=5:4",
        "nofile=1:2:3",
        "x=1",
        "nofile=-2"
      })
  void refusesWhatIsNoLimit(String text) {
    assertThatThrownBy(() -> Rlimit.Setting.parse(text)).isInstanceOf(UsageException.class);
  }

  @Test
  void writesFlagsAsStraceDoes() {
    assertThat(Flag.text(Machine.X86_64, 0x400a, MountFlag.values()))
        .isEqualTo("MS_NOSUID|MS_NOEXEC|MS_REC");
    assertThat(Flag.text(Machine.X86_64, 0, MountFlag.values())).isEqualTo("0");
    assertThat(Flag.text(Machine.X86_64, 0x80000000L, MountFlag.values())).isEqualTo("0x80000000");
    assertThat(Flag.text(Machine.X86_64, 02200000, OpenFlag.values()))
        .isEqualTo("O_RDONLY|O_DIRECTORY|O_CLOEXEC");
    assertThat(Flag.text(Machine.AARCH64, 02040000, OpenFlag.values()))
        .isEqualTo("O_RDONLY|O_DIRECTORY|O_CLOEXEC");
    assertThat(Flag.text(Machine.X86_64, 020200002, OpenFlag.values()))
        .isEqualTo("O_RDWR|O_TMPFILE");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "abc", "äöü", "😀", "a\udc80b", "\udcff", "😀\udcfe"})
  void keepsAnyName(String name) {
    assertThat(KernelText.decode(KernelText.encode(name))).isEqualTo(name);
  }

  @Test
  void makesRawModeAsTheCLibraryDoes() {
    // stty sane; stty -a: icrnl ixon brkint imaxbel, opost onlcr, cs8 cread, isig icanon iexten
    // echo…
    byte[] sane = new byte[Termios.SIZE_BYTES];
    ByteBuffer words = ByteBuffer.wrap(sane).order(ByteOrder.nativeOrder());
    words.putInt(0, 022402).putInt(4, 05).putInt(8, 0277).putInt(12, 0105073);

    ByteBuffer raw = ByteBuffer.wrap(Termios.raw(sane)).order(ByteOrder.nativeOrder());

    assertThat(raw.getInt(0)).isEqualTo(020000);
    assertThat(raw.getInt(4)).isEqualTo(04);
    assertThat(raw.getInt(8)).isEqualTo(0277);
    assertThat(raw.getInt(12)).isEqualTo(05060 & ~010);
    assertThat(raw.get(17 + 6)).isEqualTo((byte) 1);
  }
}
