package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/// `brig-oci --systemd-cgroup` with a systemd that runs in a virtual machine, with cgroup v2 alone.
@ResourceLock("the guest's files")
class SystemdGuestIT {
  private static final String SYSTEMD =
      """
      cat >/tmp/script
      exec unshare -m --propagation private sh -c '
        mount -t tmpfs tmpfs /run && mkdir -p /run/lock && mount --make-rshared /
        # Without all that a machine starts before its bus: emulated, that takes minutes.
        for unit in dbus.socket dbus.service; do mkdir -p /run/systemd/system/$unit.d
          printf "[Unit]\\nDefaultDependencies=no\\n" >/run/systemd/system/$unit.d/early.conf; done
        container=brig unshare --pid --fork --mount --mount-proc --propagation slave \
          /lib/systemd/systemd --unit=dbus.socket --log-target=null >/dev/null 2>&1 &
        until [ -S /run/dbus/system_bus_socket ]; do sleep 0.2; done
        exec nsenter -t "$(pgrep -x -o systemd)" -p -m sh -c "
          cd /run && mkdir b && cd b && runc spec &&
          mkdir -p rootfs/bin && cp /bin/busybox rootfs/bin/sh && . /tmp/script"'
      """;

  private static final String SCRIPT =
      """
      jq '.process.terminal = false | .process.args = ["sh", "-c", "while :; do busybox sleep 9; done"]
        | .linux.resources = {memory: {limit: 50003968}, cpu: {quota: 50000, period: 100000}, pids: {limit: 33}}
        | .linux.cgroupsPath = "machine-x.slice:p:c1"' config.json >c && mv c config.json
      $rt create --pid-file /run/pid c1 </dev/null >/dev/null; echo $?; cat /proc/$(cat /run/pid)/cgroup
      systemctl show p-c1.scope -p Slice -p MemoryMax -p TasksMax -p CPUQuotaPerSecUSec -p ActiveState | sort
      cd /sys/fs/cgroup/machine.slice/machine-x.slice/p-c1.scope && wc -l <cgroup.procs
      $rt update --pids-limit 44 c1; systemctl daemon-reload; cat memory.max pids.max cpu.max; cd /run/b
      $rt delete -f c1; echo $?; until [ ! -e /sys/fs/cgroup/machine.slice/machine-x.slice/p-c1.scope ]; do sleep 0.1; done
      jq '.process.args = ["sh", "-c", "exit 5"] | .linux.cgroupsPath = ""' config.json >c && mv c config.json
      $rt run c2 </dev/null; echo $?; systemctl list-units --all --no-legend 'brig-*'
      """;

  @Test
  @Tag("thorough")
  void takesItsCgroupsFromSystemd() throws IOException, InterruptedException {
    for (String tool : new String[] {"/lib/systemd/systemd", "/usr/bin/busctl", "/usr/sbin/runc"}) {
      assumeTrue(Files.exists(Path.of(tool)), "needs " + tool);
    }
    assertThat(Brig.in(Checkout.root().resolve("target")).run("--version").status()).isZero();
    try (Guest guest = Guest.boot()) {
      String runtime = "rt='" + Checkout.root().resolve("brig-oci") + " --systemd-cgroup'\n";
      Brig.Ended ended = guest.run("(" + SYSTEMD + ") <<'END'\n" + runtime + SCRIPT + "END\n");

      assertThat(ended.out())
          .as(ended.err())
          .isEqualTo(
              """
              0
              0::/machine.slice/machine-x.slice/p-c1.scope
              ActiveState=active
              CPUQuotaPerSecUSec=500ms
              MemoryMax=50003968
              Slice=machine-x.slice
              TasksMax=33
              1
              50003968
              44
              50000 100000
              0
              5
              """);
    }
  }
}
