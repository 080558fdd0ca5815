package dev.brig.cgroups;

/// Marks of network traffic, and limits of remote memory.
///
/// @see <a href="https://docs.kernel.org/admin-guide/cgroup-v1/net_cls.html">net_cls</a>
/// @see <a href="https://docs.kernel.org/admin-guide/cgroup-v1/rdma.html">rdma</a>
final class TrafficLimits {
  private TrafficLimits() {}

  static void plan(Resources.Traffic wish, Draft draft) {
    if (Resources.isSet(wish.classId())) {
      Group group = draft.group(Controller.NET_CLS, Limit.NETWORK_CLASS);
      draft.write(
          group,
          "net_cls.classid",
          Long.toString(wish.classId()),
          Limit.NETWORK_CLASS,
          "mark packets with the class " + wish.classId());
    }
    for (Resources.Priority priority : wish.priorities()) {
      Group group = draft.group(Controller.NET_PRIO, Limit.NETWORK_PRIORITIES);
      draft.write(
          group,
          "net_prio.ifpriomap",
          priority.device() + " " + priority.priority(),
          Limit.NETWORK_PRIORITIES,
          "give packets on " + priority.device() + " the priority " + priority.priority());
    }
    for (Resources.Rdma rdma : wish.rdma()) {
      StringBuilder value = new StringBuilder(rdma.device());
      if (Resources.isSet(rdma.handles())) {
        value.append(" hca_handle=").append(rdma.handles());
      }
      if (Resources.isSet(rdma.objects())) {
        value.append(" hca_object=").append(rdma.objects());
      }
      draft.write(
          draft.group(Controller.RDMA, Limit.RDMA),
          "rdma.max",
          value.toString(),
          Limit.RDMA,
          "limit the RDMA device " + rdma.device());
    }
  }
}
