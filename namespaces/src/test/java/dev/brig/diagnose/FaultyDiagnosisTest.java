package dev.brig.diagnose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.diagnose.FailedCall.Side;
import dev.brig.diagnose.Surroundings.Command;
import dev.brig.diagnose.Surroundings.Credentials;
import dev.brig.linux.DescriptorLedger;
import dev.brig.linux.Errno;
import dev.brig.linux.Fault;
import dev.brig.linux.HostFacts;
import dev.brig.linux.Kernel;
import dev.brig.linux.Syscall;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FaultyDiagnosisTest {
  // Those that some examination knows, and one that none knows.
  private static final Set<Errno> ERRORS =
      EnumSet.of(
          Errno.EPERM,
          Errno.ENOENT,
          Errno.ESRCH,
          Errno.EIO,
          Errno.ENOEXEC,
          Errno.EAGAIN,
          Errno.EACCES,
          Errno.EBUSY,
          Errno.EXDEV,
          Errno.ENODEV,
          Errno.ENOTDIR,
          Errno.EINVAL,
          Errno.EMFILE,
          Errno.ENOSPC,
          Errno.EROFS,
          Errno.ENAMETOOLONG,
          Errno.ELOOP,
          Errno.EOPNOTSUPP);

  @TempDir Path folder;

  private Surroundings surroundings() {
    return new Surroundings(
        List.of(folder.resolve("root").toString(), folder.resolve("lower").toString()),
        folder.toString(),
        List.of(),
        new Command(List.of("ls"), List.of("/bin"), "/"),
        new Credentials(0, 0, List.of(), Credentials.Access.OBEYS));
  }

  @ParameterizedTest
  @EnumSource(Fault.Extent.class)
  void neverFailsAndLeaksNothing(Fault.Extent extent) {
    new Tree(folder).layer("lower").program("lower/bin/ls", MadeElf.wide(62, 3, "/lib/ld", "x"));
    FailedCall.Subject subject =
        new FailedCall.Subject(List.of("/bin/ls"), List.of(), Side.CONTAINER);
    FailedCall call = new FailedCall(Syscall.EXECVE, "execute", "execve(…)", Errno.ENOENT, subject);

    String finding = "";
    for (int number = 1;
        !finding.contains("/lib/ld is not in this root; it also needs x");
        number++) {
      DescriptorLedger ledger = new DescriptorLedger();
      Kernel faulty =
          Kernel.ofThisMachine()
              .withLedger(ledger)
              .failing(new Fault(number, extent, Errno.EACCES));

      finding = new Diagnoser(faulty, HostFacts.root()).diagnose(call, surroundings()).finding();

      assertThat(ledger.open()).as("call " + number).isEmpty();
      assertThat(number).isLessThan(1000);
    }
  }

  @Test
  void answersForEveryCallAndError() {
    new Tree(folder);
    DescriptorLedger ledger = new DescriptorLedger();
    Kernel kernel = Kernel.ofThisMachine().withLedger(ledger);
    Diagnoser diagnoser = new Diagnoser(kernel, HostFacts.root(), new ProcFiles(kernel, "/none"));
    FailedCall.Subject subject =
        new FailedCall.Subject(List.of("/x/y", "overlay", "proc"), List.of("/a"), Side.HOST);

    for (Syscall syscall : Syscall.values()) {
      for (Errno errno : ERRORS) {
        FailedCall call = new FailedCall(syscall, "why", syscall.symbol() + "()", errno, subject);

        assertThat(diagnoser.diagnose(call, surroundings()).step()).isEqualTo("why");
      }
    }
    assertThat(ledger.open()).isEmpty();
  }
}
