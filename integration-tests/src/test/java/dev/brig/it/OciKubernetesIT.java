package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// What a kubelet asks of containerd for a pod whose RuntimeClass has the handler `brig`, with the
/// configuration that docs/oci.md shows.
@ResourceLock("containerd")
class OciKubernetesIT {
  @TempDir private static Path folder;

  private static ContainerdLab lab() {
    return new ContainerdLab(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/usr/bin/curl")), "needs curl");
    lab().prepare();
    String shown = OciDocs.block("[plugins.\"io.containerd.grpc.v1.cri\".containerd");
    assertThat(shown).contains("BinaryName = \"/usr/local/bin/brig-oci\"");
    String oci = Checkout.root().resolve("brig-oci").toString();
    lab()
        .configure(
            // Root here can't lower out-of-memory scores, and there is no registry with pause.
            """
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "docker.io/library/t:t"
              restrict_oom_score_adj = true
            """
                + shown.replace("/usr/local/bin/brig-oci", oci));
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    var _ = ContainerLab.shell("rmdir /sys/fs/cgroup/*/brig-it-kube 2>/dev/null");
    lab().remove();
  }

  private static CriClient cri() {
    return new CriClient();
  }

  private static CriClient pod() {
    // The host's network: pods of their own need a network plugin's configuration.
    CriClient options = cri().number(1, 2).number(2, 1);
    CriClient metadata = cri().text(1, "pod").text(2, "uid").text(3, "default");
    return cri()
        .message(1, metadata)
        .text(3, "/run/podlogs")
        .message(8, cri().text(1, "/brig-it-kube").message(2, cri().message(1, options)));
  }

  private static CriClient container() {
    CriClient resources = cri().number(1, 100_000).number(2, 20_000).number(4, 67_108_864);
    return cri()
        .message(1, cri().text(1, "c"))
        .message(2, cri().text(1, "docker.io/library/t:t"))
        .text(3, "sh")
        .text(3, "-c")
        .text(3, "echo out; trap 'exit 6' TERM; while :; do sleep 0.1; done")
        .text(11, "c.log")
        .message(15, cri().message(1, resources));
  }

  /// Returns the start of a request, whose first field is an id that the script knows.
  private static String of(String variable) {
    return "\"$({ printf '\\012\\100%s' \"$" + variable + "\"";
  }

  private static String with(String variable, CriClient rest) {
    return of(variable) + "; printf %s '" + rest.word() + "' | base64 -d; } | base64 -w0)\"";
  }

  @Test
  void runsAPodOfTheRuntimeClass() throws IOException, InterruptedException {
    String memory = "cat /sys/fs/cgroup/memory/memory.limit_in_bytes; echo err >&2; exit 3";
    CriClient exec = cri().text(2, "sh").text(2, "-c").text(2, memory).number(3, 10);
    String script =
        CriClient.PRELUDE
            + """
            CTR="ctr -n k8s.io"; $CTR image import --base-name docker.io/library/t t.tar >/dev/null
            call RunPodSandbox %s; pod=$(id)
            call CreateContainer %s; c=$(id); call StartContainer %s
            call ExecSync %s; tr -d '\\0' <answer | grep -a -o -e '[0-9]*67108864' -e err
            call UpdateContainerResources %s; call ExecSync %s; tr -d '\\0' <answer | grep -a -o -e '[0-9]*33554432'
            call ExecSync %s | grep -o 'executable file not found in .PATH'
            call ContainerStats %s; grep -a -c overlayfs answer; $CTR task ls | grep -c RUNNING; ls /run/containerd/runc/k8s.io | wc -l
            [ "$(cat /proc/*/comm | grep -c brig)" = 0 ] && echo nothing of brig stays
            call StopContainer %s; call RemoveContainer %s
            call StopPodSandbox %s; call RemovePodSandbox %s; $CTR container ls -q; cut -d' ' -f2- /run/podlogs/c.log
            find /sys/fs/cgroup/*/brig-it-kube -mindepth 1 -type d
            """
                .formatted(
                    cri().message(1, pod()).text(2, "brig").word(),
                    with("pod", cri().message(2, container()).message(3, pod())),
                    with("c", cri()),
                    with("c", exec),
                    with("c", cri().message(2, cri().number(4, 33_554_432))),
                    with("c", exec),
                    with("c", cri().text(2, "nope").number(3, 10)),
                    with("c", cri()),
                    with("c", cri().number(2, 10)),
                    with("c", cri()),
                    with("pod", cri()),
                    with("pod", cri()));

    Brig.Ended brig = lab().brig(script);

    assertThat(brig.out())
        .as(brig.err())
        .isEqualTo(
            """
            67108864
            err
            33554432
            executable file not found in $PATH
            1
            2
            2
            nothing of brig stays
            stdout F out
            """);
  }
}
