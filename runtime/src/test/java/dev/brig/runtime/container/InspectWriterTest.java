package dev.brig.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.brig.runtime.spec.Linux;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.Mount;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectWriterTest {
  @TempDir Path directory;

  private World world;

  @BeforeEach
  void prepare() {
    world = new World(directory);
    world.sweep();
  }

  private JsonObject inspect(String name) {
    String text = InspectWriter.write(List.of(world.store.inspect(world.store.find(name))));
    assertThat(text).startsWith("[\n  {\n    \"id\": ").endsWith("]\n");
    return JsonParser.parseString(text).getAsJsonArray().get(0).getAsJsonObject();
  }

  private static final Linux PID_NAMESPACE =
      Linux.builder().namespaces(List.of(new LinuxNamespace(LinuxNamespaceType.PID))).build();

  @Test
  void showsWhatWasAskedForAndWhereItIsEnforced() {
    Spec spec =
        World.SPEC.toBuilder()
            .hostname("web")
            .mounts(List.of(new Mount("/proc", "proc", "proc", List.of("nosuid"))))
            .linux(PID_NAMESPACE)
            .build();
    ContainerRecord record =
        world
            .record("web", ContainerOption.INIT)
            .labels(Map.of("k", "v"))
            .image(new ImageOrigin("debian", "sha256:1", List.of(Path.of("/layers/1"))))
            .cgroups(List.of(Path.of("/sys/fs/cgroup/pids/brig/x")))
            .limits(List.of(new AppliedLimit("--pids-limit", "5", "/sys/fs/cgroup/pids.max")))
            .build();
    world.store.create(record, spec).close();

    JsonObject web = inspect("web");

    assertThat(web.get("created").getAsString()).isEqualTo("2023-11-14T22:13:20Z");
    assertThat(web.get("state"))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"status": "created", "pid": 0, "exitCode": 0, "oomKilled": false, "reason": "",
                 "startedAt": "", "finishedAt": ""}
                """));
    assertThat(web.get("limits"))
        .isEqualTo(
            JsonParser.parseString(
                """
                [{"name": "--pids-limit", "value": "5", "file": "/sys/fs/cgroup/pids.max"}]
                """));
    assertThat(web.get("lifecycle"))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"rm": false, "init": true, "tty": false, "interactive": false, "input": false, "detach": false, "step": false,
                 "stopSignal": "SIGTERM", "stopTimeout": 10, "timeout": 0, "pidFile": "",
                 "logBytesMax": 0}
                """));
    assertThat(web.get("namespaces"))
        .isEqualTo(JsonParser.parseString("[{\"type\": \"pid\", \"path\": \"\"}]"));
    assertThat(web.getAsJsonObject("process").get("user").getAsString()).isEqualTo("0:0");
    assertThat(web.getAsJsonObject("image").get("layers"))
        .isEqualTo(JsonParser.parseString("[\"/layers/1\"]"));
  }

  @Test
  void saysWhyTheContainerEnded() {
    world.created("web");
    try (LockedContainer container = world.store.lock(world.store.find("web"), "start")) {
      container.start();
      container.recordExit(new ExitRecord(ExitRecord.Cause.KILLED, 9, 1_700_000_009));
      assertThat(inspect("web").getAsJsonObject("state").get("reason").getAsString())
          .isEqualTo("killed by SIGKILL");

      container.addReason(new Reason(Reason.Kind.OOM, "killed: memory limit 64 MiB reached"));
      container.addReason(new Reason(Reason.Kind.LIMIT, "fork refused\n3 times"));
      container.finish();
    }

    JsonObject state = inspect("web").getAsJsonObject("state");

    assertThat(state.get("oomKilled").getAsBoolean()).isTrue();
    assertThat(state.get("reason").getAsString())
        .isEqualTo("killed: memory limit 64 MiB reached; fork refused 3 times");
    assertThat(state.get("exitCode").getAsInt()).isEqualTo(137);
    assertThat(state.get("finishedAt").getAsString()).isEqualTo("2023-11-14T22:13:29Z");
  }
}
