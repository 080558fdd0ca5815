package dev.brig.namespaces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.plan.Op;
import dev.brig.plan.PlanBuilder;
import dev.brig.plan.PlanText;
import dev.brig.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// How layers come together to a root, directories and images.
class RootfsPlannerTest {

  private static List<String> calls(
      Rootfs.Mounting mounting, List<String> lowers, String... images) {
    Rootfs.Overlay overlay =
        new Rootfs.Overlay(
            lowers,
            "/c/upper",
            "/c/work",
            Rootfs.Durability.KEPT,
            Rootfs.Xattrs.TRUSTED,
            mounting,
            Set.of(images));
    RootfsRequest request =
        new RootfsRequest(
            overlay,
            "/c/rootfs",
            RootfsRequest.Access.READ_WRITE,
            List.of(),
            List.of(),
            RootfsRequest.Nodes.MADE,
            List.of(),
            List.of(),
            RootfsRequest.Terminal.NONE,
            RootfsRequest.Entrance.PIVOT);
    PlanBuilder plan = new PlanBuilder();
    new RootfsPlanner(plan, request).build();
    List<String> calls = new ArrayList<>();
    for (Step step : plan.build().steps()) {
      if (step.op() instanceof Op.Call call) {
        calls.add(PlanText.text(call));
      }
    }
    return calls;
  }

  private static String mounted(String image) {
    return "mount(\"" + image + "\", \"/c/rootfs\", \"erofs\", MS_RDONLY|MS_NODEV, NULL)";
  }

  @Test
  void oneImageTakesOneCallMore() {
    List<String> calls =
        calls(Rootfs.Mounting.ONE_STRING, List.of("/a/fs", "/b.erofs"), "/b.erofs");

    assertThat(calls)
        .containsSubsequence(
            mounted("/b.erofs"),
            "mount(\"overlay\", \"/c/rootfs\", \"overlay\", MS_NODEV,"
                + " \"lowerdir=/a/fs:/c/rootfs,upperdir=/c/upper,workdir=/c/work\")");
    assertThat(calls).hasSize(calls(Rootfs.Mounting.ONE_STRING, List.of("/a/fs", "/b")).size() + 1);
  }

  @Test
  void eachOfSeveralImagesIsTakenBeforeTheNextCoversIt() {
    List<String> calls =
        calls(
            Rootfs.Mounting.LAYER_BY_LAYER,
            List.of("/a.erofs", "/b/fs", "/c.erofs"),
            "/a.erofs",
            "/c.erofs");

    String taken = "fsconfig(<fsfd>, FSCONFIG_SET_STRING, \"lowerdir+\", \"";
    assertThat(calls)
        .containsSubsequence(
            mounted("/a.erofs"),
            taken + "/c/rootfs\", 0)",
            taken + "/b/fs\", 0)",
            mounted("/c.erofs"),
            taken + "/c/rootfs\", 0)");
  }

  @Test
  void severalImagesHaveNoPathsForOneString() {
    assertThatThrownBy(() -> calls(Rootfs.Mounting.ONE_STRING, List.of("/a", "/b"), "/a", "/b"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
