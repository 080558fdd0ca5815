package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Label;
import dev.brig.plan.OnError;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.Arrays;
import java.util.EnumSet;

/// The network of a virtual machine that QEMU plays for it: the machine reaches what QEMU itself
/// does, through a gateway that does not exist.
///
/// @see <a
///   href="https://www.qemu.org/docs/master/system/devices/net.html#using-the-user-mode-network-stack">
///   QEMU's user mode network</a>
public final class GuestNetwork {
  /// The server of names that QEMU plays; it asks the host's.
  public static final String NAME_SERVER = "10.0.2.3";

  private static final int[] ADDRESS = {10, 0, 2, 15};
  private static final int[] MASK = {255, 255, 255, 0};
  private static final int[] GATEWAY = {10, 0, 2, 2};
  private static final int[] ANY = {0, 0, 0, 0};

  private static final int NAME_BYTES = 16;
  private static final int IFREQ_BYTES = 40;
  // Of 64-bit machines; route.h.
  private static final int RTENTRY_BYTES = 120;
  private static final int RT_DST = 8;
  private static final int RT_GATEWAY = 24;
  private static final int RT_GENMASK = 40;
  private static final int RT_FLAGS = 56;
  private static final byte RTF_UP_GATEWAY = 3;
  private static final byte IFF_UP_RUNNING = 0x41;
  private static final byte AF_INET = 2;
  private static final Num SIOCADDRT = new Num(0x890b, "SIOCADDRT");
  private static final Num SIOCSIFFLAGS = new Num(0x8914, "SIOCSIFFLAGS");
  private static final Num SIOCSIFADDR = new Num(0x8916, "SIOCSIFADDR");
  private static final Num SIOCSIFNETMASK = new Num(0x891c, "SIOCSIFNETMASK");

  private GuestNetwork() {}

  /// Appends the steps that bring the machine's interface up, when it is there.
  ///
  /// @see <a href="https://man7.org/linux/man-pages/man7/netdevice.7.html">netdevice(7)</a>
  static void raise(PlanBuilder plan) {
    Label again = plan.label("look for the interface");
    Label absent = plan.label("wait for the interface");
    Label there = plan.label("have the interface");
    Slot socket = new Slot("socket");
    plan.because("bring the network interface up", "--network");
    Num type = new Num(0x80002, "SOCK_DGRAM|SOCK_CLOEXEC");
    plan.call(socket, Syscall.SOCKET, new Num(AF_INET, "AF_INET"), type, new Num(0, "IPPROTO_IP"));
    plan.mark(again);
    OnError unlessAbsent = new OnError.Divert(EnumSet.of(Errno.ENODEV), absent);
    Slot result = new Slot("ioctl");
    plan.call(result, unlessAbsent, Syscall.IOCTL, value(socket), SIOCSIFADDR, address(ADDRESS));
    plan.jump(there);
    plan.mark(absent);
    plan.attempt(Syscall.NANOSLEEP, GuestDevices.duration(1_000_000), NULL);
    plan.jump(again);
    plan.mark(there);
    plan.call(Syscall.IOCTL, value(socket), SIOCSIFNETMASK, address(MASK));
    byte[] flags = request();
    flags[NAME_BYTES] = IFF_UP_RUNNING;
    Operand up = new Operand.Data(flags, "{\"eth0\", IFF_UP|IFF_RUNNING}");
    plan.call(Syscall.IOCTL, value(socket), SIOCSIFFLAGS, up);
    plan.call(Syscall.IOCTL, value(socket), SIOCADDRT, route());
  }

  private static byte[] request() {
    return Arrays.copyOf(new byte[] {'e', 't', 'h', '0'}, IFREQ_BYTES);
  }

  private static Operand address(int[] address) {
    byte[] request = request();
    put(request, NAME_BYTES, address);
    return new Operand.Data(request, "{\"eth0\", " + text(address) + "}");
  }

  private static Operand route() {
    byte[] route = new byte[RTENTRY_BYTES];
    put(route, RT_DST, ANY);
    put(route, RT_GATEWAY, GATEWAY);
    put(route, RT_GENMASK, ANY);
    route[RT_FLAGS] = RTF_UP_GATEWAY;
    return new Operand.Data(route, "{default via " + text(GATEWAY) + "}");
  }

  /// Puts a sockaddr_in: family and port, 16 bits each, then the address.
  private static void put(byte[] target, int at, int[] address) {
    target[at] = AF_INET;
    for (int i = 0; i < address.length; i++) {
      target[at + 4 + i] = (byte) address[i];
    }
  }

  private static String text(int[] address) {
    return address[0] + "." + address[1] + "." + address[2] + "." + address[3];
  }
}
