package dev.brig.runtime.compile;

import static dev.brig.namespaces.Abi.NULL;
import static dev.brig.namespaces.Abi.ZERO;
import static dev.brig.namespaces.Abi.at;
import static dev.brig.namespaces.Abi.num;
import static dev.brig.namespaces.Abi.value;

import dev.brig.linux.Syscall;
import dev.brig.plan.Arithmetic;
import dev.brig.plan.Condition;
import dev.brig.plan.Label;
import dev.brig.plan.Op;
import dev.brig.plan.Operand;
import dev.brig.plan.Operand.Field;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Struct;
import dev.brig.plan.Plan;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.Slot;
import java.util.ArrayList;
import java.util.List;

/// Makes the steps that move network devices of the host into the container: the host's half sends
/// them, the container's gives them back what they lost on the way; rtnetlink(7).
final class NetDeviceSteps {
  private static final String FIELD = "/linux/netDevices";
  private static final int HEADER_BYTES = 16;
  private static final int NAME_BYTES = 16;
  private static final int LINK_BYTES = 16;
  private static final int ADDRESS_BYTES = 8;
  private static final int ATTRIBUTE_BYTES = 4;
  private static final Num REQUEST_AND_ACK = new Num(5, "NLM_F_REQUEST|NLM_F_ACK");
  private static final Num MAKING =
      new Num(0x505, "NLM_F_REQUEST|NLM_F_ACK|NLM_F_REPLACE|NLM_F_CREATE");
  private static final Num NEWLINK = new Num(16, "RTM_NEWLINK");
  private static final Num NEWADDR = new Num(20, "RTM_NEWADDR");
  private static final Num IFLA_IFNAME = new Num(3, "IFLA_IFNAME");
  private static final Slot SOCKET = new Slot("netlinkfd");
  private static final Slot ANSWER = new Slot("netlink answer");
  private static final Slot WHOLE = new Slot("2^32");
  private static final Slot INDEX = new Slot("device index");

  private final PlanBuilder plan;
  private final List<NetDevice> devices;

  NetDeviceSteps(PlanBuilder plan, List<NetDevice> devices) {
    this.plan = plan;
    this.devices = devices;
  }

  /// Appends the host's steps.
  ///
  /// @param joined the slot with the descriptor of the network namespace, or [Slot#UNUSED] for that
  ///   of the container's process
  /// @param failed where to go on if the kernel refuses
  void send(Slot joined, Label failed) {
    if (devices.isEmpty()) {
      return;
    }
    open();
    for (NetDevice device : devices) {
      plan.because("move " + device.hostName() + " into the container", FIELD);
      findIndex(device.hostName());
      boolean exists = !joined.equals(Slot.UNUSED);
      List<Field> fields = link(value(INDEX), ZERO);
      fields.add(new Field("nla_len", 2, num(ATTRIBUTE_BYTES + 4)));
      fields.add(
          new Field(
              "nla_type",
              2,
              exists ? new Num(28, "IFLA_NET_NS_FD") : new Num(19, "IFLA_NET_NS_PID")));
      fields.add(new Field("nla_data", 4, value(exists ? joined : Names.PID)));
      name(fields, device.name());
      int bytes = HEADER_BYTES + LINK_BYTES + ATTRIBUTE_BYTES + 4 + ATTRIBUTE_BYTES + NAME_BYTES;
      ask(NEWLINK, REQUEST_AND_ACK, bytes, fields, failed);
    }
    plan.call(Syscall.CLOSE, value(SOCKET));
  }

  /// Appends the container's steps, in its network namespace.
  ///
  /// @param failed where to go on if the kernel refuses
  void receive(Label failed) {
    if (devices.isEmpty()) {
      return;
    }
    open();
    for (NetDevice device : devices) {
      plan.because("bring " + device.name() + " up", FIELD);
      List<Field> fields = link(ZERO, new Num(1, "IFF_UP"));
      name(fields, device.name());
      int bytes = HEADER_BYTES + LINK_BYTES + ATTRIBUTE_BYTES + NAME_BYTES;
      ask(NEWLINK, REQUEST_AND_ACK, bytes, fields, failed);
      if (!device.addresses().isEmpty()) {
        findIndex(device.name());
      }
      for (NetDevice.Address address : device.addresses()) {
        plan.because("give " + device.name() + " its address back", FIELD);
        address(address, failed);
      }
    }
    plan.call(Syscall.CLOSE, value(SOCKET));
  }

  private void open() {
    plan.because("talk to the kernel about network devices", FIELD);
    Num type = new Num(0x80003, "SOCK_RAW|SOCK_CLOEXEC");
    Num route = new Num(0, "NETLINK_ROUTE");
    plan.call(SOCKET, Syscall.SOCKET, new Num(16, "AF_NETLINK"), type, route);
  }

  /// Returns the body of a message about a link; rtnetlink(7), `struct ifinfomsg`.
  private static List<Field> link(Operand index, Num flags) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("ifi_family", 2, ZERO));
    fields.add(new Field("ifi_type", 2, ZERO));
    fields.add(new Field("ifi_index", 4, index));
    fields.add(new Field("ifi_flags", 4, flags));
    fields.add(new Field("ifi_change", 4, flags));
    return fields;
  }

  private static void name(List<Field> fields, String name) {
    fields.add(new Field("nla_len", 2, num(ATTRIBUTE_BYTES + NAME_BYTES)));
    fields.add(new Field("nla_type", 2, IFLA_IFNAME));
    for (long word : words(name)) {
      fields.add(new Field("nla_data", 4, num(word)));
    }
  }

  /// Returns a name as numbers of four bytes each.
  private static long[] words(String name) {
    long[] words = new long[NAME_BYTES / 4];
    for (int i = 0; i < name.length(); i++) {
      words[i / 4] |= (name.charAt(i) & 0xffL) << (8 * (i % 4));
    }
    return words;
  }

  /// Appends the step that finds a device by its name; netdevice(7), `SIOCGIFINDEX`. It may have
  /// got another number in its new namespace.
  private void findIndex(String name) {
    int offset = 0;
    for (long word : words(name)) {
      plan.add(new Op.Assign(INDEX, num(word)));
      plan.add(new Op.Store(INDEX, Names.MESSAGE, offset, 4));
      offset += 4;
    }
    Num command = new Num(0x8933, "SIOCGIFINDEX");
    plan.call(Syscall.IOCTL, value(SOCKET), command, at(Names.MESSAGE));
    plan.load(INDEX, Names.MESSAGE, NAME_BYTES, 4);
  }

  private void address(NetDevice.Address address, Label failed) {
    int bytes = address.bytes().size();
    List<Field> fields = new ArrayList<>();
    fields.add(
        new Field("ifa_family", 1, bytes == 4 ? new Num(2, "AF_INET") : new Num(10, "AF_INET6")));
    fields.add(new Field("ifa_prefixlen", 1, num(address.prefixBits())));
    fields.add(new Field("ifa_flags", 1, ZERO));
    fields.add(new Field("ifa_scope", 1, ZERO));
    fields.add(new Field("ifa_index", 4, value(INDEX)));
    for (Num attribute : new Num[] {new Num(2, "IFA_LOCAL"), new Num(1, "IFA_ADDRESS")}) {
      fields.add(new Field("nla_len", 2, num(ATTRIBUTE_BYTES + bytes)));
      fields.add(new Field("nla_type", 2, attribute));
      for (int i = 0; i < bytes; i += 4) {
        long word = 0;
        for (int j = 3; j >= 0; j--) {
          word = (word << 8) | (address.bytes().get(i + j) & 0xffL);
        }
        fields.add(new Field("nla_data", 4, num(word)));
      }
    }
    int length = HEADER_BYTES + ADDRESS_BYTES + 2 * (ATTRIBUTE_BYTES + bytes);
    ask(NEWADDR, MAKING, length, fields, failed);
  }

  /// Appends the steps that send a message and see that the kernel takes it; netlink(7).
  private void ask(Num type, Num flags, int bytes, List<Field> body, Label failed) {
    List<Field> fields = new ArrayList<>();
    fields.add(new Field("nlmsg_len", 4, num(bytes)));
    fields.add(new Field("nlmsg_type", 2, type));
    fields.add(new Field("nlmsg_flags", 2, flags));
    fields.add(new Field("nlmsg_seq", 4, ZERO));
    fields.add(new Field("nlmsg_pid", 4, ZERO));
    fields.addAll(body);
    Label done = plan.label("the kernel has done it");
    Operand message = new Struct(fields);
    plan.call(Syscall.SENDTO, value(SOCKET), message, num(bytes), ZERO, NULL, ZERO);
    int step = plan.latestCall();
    Num size = num(Names.MESSAGE.sizeBytes());
    plan.call(Syscall.RECVFROM, value(SOCKET), at(Names.MESSAGE), size, ZERO, NULL, NULL);
    plan.load(ANSWER, Names.MESSAGE, HEADER_BYTES, 4);
    plan.branch(ANSWER, Condition.EQUAL, 0, done);
    plan.add(new Op.Assign(WHOLE, num(1L << 32)));
    plan.add(new Op.Compute(ANSWER, WHOLE, Arithmetic.SUBTRACT, value(ANSWER)));
    plan.add(new Op.Assign(Plan.FAILED_STEP, num(step)));
    plan.add(new Op.Assign(Plan.FAILED_ERRNO, value(ANSWER)));
    plan.jump(failed);
    plan.mark(done);
  }
}
