package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Limits on pure cgroup v2, in a virtual machine.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ResourceLock("the guest's files")
class CgroupV2GuestIT extends LimitsContract {
  private Guest guest;

  @BeforeAll
  void boot() throws IOException, InterruptedException {
    // Built here: the guest couldn't.
    assertThat(Brig.in(Checkout.root().resolve("target")).run("--version").status()).isZero();
    guest = Guest.boot();
    assertThat(guest.run("mkfs.ext4 -q /dev/vda && mkdir /run/disk && mount /dev/vda /run/disk"))
        .isEqualTo(new Brig.Ended(0, "", ""));
  }

  @AfterAll
  void switchOff() throws IOException {
    if (guest != null) {
      guest.close();
    }
  }

  @Override
  Brig.Ended shell(String script) throws IOException {
    return guest.run("brig='" + Checkout.root().resolve("brig") + "'; " + script);
  }

  @Override
  String folder() {
    return "/run/disk";
  }

  @Override
  String disk() {
    return "/dev/vda";
  }

  /// cpu.weight is 100 for 1024 shares and 240 for 3072: the curve of runc and crun, which meets
  /// both ends of each range and the defaults in the middle.
  @Override
  double threeTimesTheShares() {
    return 2.4;
  }

  // The rest of what is held on the host: a boot for what the second version does in its own way is
  // enough for the quick part.

  @Override
  @Test
  @Tag("thorough")
  void theProcessorsAreThoseAskedFor() throws IOException, InterruptedException {
    seesItsProcessors();
  }

  @Override
  @Test
  @Tag("thorough")
  void anAllocationWithinTheMemoryLimitIsNot() throws IOException, InterruptedException {
    allocatesEnough("host");
  }

  @Test
  void noControllerIsOnTheFirstVersion() throws IOException {
    assertThat(guest.run("grep -c ' - cgroup ' /proc/self/mountinfo; cat /proc/self/cgroup").out())
        .isEqualTo("0\n0::/\n");
  }

  @Test
  void nothingIsLeftInTheHierarchy() throws IOException {
    Brig.Ended ended =
        shell(
            "$brig run --rm --memory 64m --pids-limit 9 host true;"
                + " find /sys/fs/cgroup -mindepth 2 -type d | grep brig/ | wc -l");

    assertThat(ended).isEqualTo(new Brig.Ended(0, "0\n", ""));
  }
}
