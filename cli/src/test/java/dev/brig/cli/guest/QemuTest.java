package dev.brig.cli.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.cli.guest.Qemu.Devices;
import dev.brig.error.BrigException;
import dev.brig.error.UsageException;
import dev.brig.runtime.compile.GuestPlanner.Network;
import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.LinuxCpu;
import dev.brig.runtime.spec.LinuxMemory;
import dev.brig.runtime.spec.LinuxResources;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Root;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class QemuTest {
  private static final GuestKernel KERNEL =
      new GuestKernel(Path.of("/boot/vmlinuz"), "6", Path.of("/lib/modules/6"));

  private static Spec spec(LinuxResources resources) {
    return Spec.builder("1.0.2", new Root("rootfs", /* readonly= */ false))
        .process(Process.builder().cwd("/").build())
        .linux(Linux.builder().resources(resources).build())
        .build();
  }

  private static List<String> command(String machine, Devices devices, LinuxResources resources) {
    return new Qemu("/q", "tcg").command(KERNEL, machine, devices, "initrd", spec(resources));
  }

  private static LinuxResources limits(long memory, long quota, long period) {
    return LinuxResources.builder()
        .memory(LinuxMemory.builder().limit(memory).build())
        .cpu(LinuxCpu.builder().quota(quota).period(period).build())
        .build();
  }

  private static final Devices PLAIN = new Devices(List.of("/a,b"), 0, Network.NONE);

  @Test
  void givesTheMachineTheMemoryAndProcessorsOfTheLimits() {
    List<String> words = command("pc", PLAIN, limits(256 << 20, 150_000, 100_000));

    assertThat(words).containsSubsequence("-m", "256", "-smp", "2");
    assertThatThrownBy(() -> command("pc", PLAIN, limits(1 << 20, 1, 1)))
        .isInstanceOf(BrigException.class)
        .hasMessageContaining("64m");
  }

  @Test
  void connectsWhatThereIsAndNothingElse() {
    List<String> plain = command("pc", PLAIN, LinuxResources.builder().build());
    List<String> all =
        command(
            "q35", new Devices(List.of("/a"), 2, Network.USER), LinuxResources.builder().build());

    assertThat(plain)
        .contains("if=none,id=d0,format=raw,readonly=on,file=/a,,b")
        .noneMatch(word -> word.contains("net") || word.contains("vhost"));
    assertThat(all)
        .contains("user,id=net", "vhost-user-fs-pci,chardev=s1,tag=share-1")
        .contains("socket,id=s1,path=share-1", "memory-backend-memfd,id=ram,share=on,size=512M");
  }

  @Test
  void tellsASmallMachinesKernelWhereItsDevicesAre() {
    Devices devices = new Devices(List.of("/a", "/b"), 0, Network.NONE);

    assertThat(Qemu.drivers("microvm", devices))
        .contains("virtio_mmio")
        .doesNotContain("virtio_net");
    assertThat(Qemu.parameters("microvm", "virtio_mmio", devices))
        .isEqualTo("device=512@0xfeb00e00:12 device=512@0xfeb00c00:11 device=512@0xfeb00a00:10");
    assertThat(Qemu.parameters("pc", "virtio_pci", devices)).isEmpty();
  }

  @Test
  void refusesMachinesThatHaveNoRoom() {
    Devices many = new Devices(List.of("/a", "/b", "/c", "/d", "/e"), 2, Network.USER);

    assertThat(Qemu.machine("", many)).isEqualTo("pc");
    assertThatThrownBy(() -> Qemu.machine("microvm", many))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining("room for 8 devices");
    assertThatThrownBy(() -> Qemu.machine("mainframe", many)).isInstanceOf(UsageException.class);
  }
}
