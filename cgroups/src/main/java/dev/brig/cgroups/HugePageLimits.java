package dev.brig.cgroups;

import java.util.List;

/// Huge pages.
final class HugePageLimits {
  private HugePageLimits() {}

  static void plan(List<Resources.HugePage> wish, Draft draft) {
    for (Resources.HugePage page : wish) {
      Group group = draft.group(Controller.HUGETLB, Limit.HUGE_PAGES);
      if (!draft.host().hugePageSizes().contains(page.pageSize())) {
        throw draft.wrong(
            Limit.HUGE_PAGES,
            "this machine has no huge pages of " + page.pageSize(),
            "sizes here: " + String.join(", ", draft.host().hugePageSizes()));
      }
      if (page.limitBytes() < Resources.UNLIMITED) {
        throw draft.wrong(
            Limit.HUGE_PAGES,
            "it can't be negative: " + page.limitBytes(),
            "allowed: 0 or more bytes");
      }
      // A new group has no limit: nothing to write.
      if (page.limitBytes() != Resources.UNLIMITED) {
        String file =
            "hugetlb."
                + page.pageSize()
                + (group.version() == Version.V1 ? ".limit_in_bytes" : ".max");
        draft.write(
            group,
            file,
            Long.toString(page.limitBytes()),
            Limit.HUGE_PAGES,
            "limit huge pages of " + page.pageSize() + " to " + Amount.exact(page.limitBytes()));
      }
    }
  }

  /// Returns a size as the kernel names the files of the controller: `64KB`, `2MB`, `1GB`.
  static String name(long kib) {
    if (kib >= 1 << 20) {
      return (kib >> 20) + "GB";
    }
    return kib >= 1 << 10 ? (kib >> 10) + "MB" : kib + "KB";
  }
}
