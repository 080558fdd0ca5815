package dev.brig.runtime.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brig.namespaces.Rootfs;
import dev.brig.namespaces.RootfsRequest;
import dev.brig.namespaces.RootfsRequest.Access;
import dev.brig.namespaces.RootfsRequest.Entrance;
import dev.brig.namespaces.RootfsRequest.Way;
import dev.brig.plan.Op;
import dev.brig.plan.PlanText;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShownRootTest {
  private static Launch launch(String layer, Access access, Way way) {
    Launch plain =
        Samples.launch(
            Samples.spec("/bin/true"),
            "/var/lib/brig/c",
            new Streams.Inherited(Streams.Input.EMPTY));
    RootfsRequest request = plain.rootfs();
    Rootfs.Overlay overlay = (Rootfs.Overlay) request.rootfs();
    Rootfs.Overlay other =
        new Rootfs.Overlay(
            List.of(layer),
            overlay.upper(),
            overlay.work(),
            overlay.durability(),
            overlay.xattrs(),
            overlay.mounting());
    return plain.withRootfs(
        new RootfsRequest(
            other,
            request.mountPoint(),
            access,
            request.mounts(),
            request.devices(),
            request.nodes(),
            request.masked(),
            request.readonly(),
            request.terminal(),
            new Entrance(way, request.entrance().propagation(), request.entrance().origin())));
  }

  private static List<String> calls(Launch launch) {
    List<String> calls = new ArrayList<>();
    for (var step : ContainerPlanner.plan(launch).calls()) {
      if (step.op() instanceof Op.Call call) {
        calls.add(PlanText.text(call));
      }
    }
    return calls;
  }

  @Test
  void isReadOnlyBeforeAnythingIsMountedInIt() {
    Launch shown = ShownRoot.of(launch("/", Access.READ_ONLY, Way.PIVOT)).orElseThrow();

    List<String> calls = calls(shown);

    int taken = calls.indexOf("open_tree(AT_FDCWD, \"/\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC)");
    assertThat(taken).as(String.join("\n", calls)).isNotNegative();
    assertThat(calls.get(taken + 1))
        .startsWith("mount_setattr(<rootfd>, \"\", AT_EMPTY_PATH")
        .contains("MOUNT_ATTR_RDONLY");
    assertThat(calls).noneMatch(call -> call.contains("\"overlay\""));
  }

  @Test
  void removesWhatAnOverlayWouldHaveUsed() {
    Launch shown = ShownRoot.of(launch("/", Access.READ_ONLY, Way.PIVOT)).orElseThrow();

    assertThat(calls(shown))
        .anyMatch(call -> call.matches("unlinkat\\(.*/c/upper\", AT_REMOVEDIR\\)"))
        .anyMatch(call -> call.matches("unlinkat\\(.*/c/work\", AT_REMOVEDIR\\)"));
  }

  @Test
  void isForNothingElse() {
    assertThat(ShownRoot.of(launch("/", Access.READ_WRITE, Way.PIVOT))).isEmpty();
    assertThat(ShownRoot.of(launch("/layer", Access.READ_ONLY, Way.PIVOT))).isEmpty();
    assertThat(ShownRoot.of(launch("/", Access.READ_ONLY, Way.CHROOT))).isEmpty();
  }
}
