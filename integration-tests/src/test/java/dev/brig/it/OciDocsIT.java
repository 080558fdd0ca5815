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

/// What docs/oci.md tells people to type and to write into files, tried word by word where files
/// and commands are where it says: in a mount namespace in which brig lies in /usr/local/bin.
@ResourceLock("podman's locks")
class OciDocsIT {
  private static final String ALPINE = "docker.io/library/alpine";

  @TempDir private static Path folder;

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    new ContainerdLab(folder).prepare();
    assumeTrue(Files.exists(Path.of("/usr/bin/podman")), "needs podman");
    // A link, as if it had been installed; the folder hides the machine's own below it.
    Path bin = Files.createDirectory(folder.resolve("bin"));
    for (String name : new String[] {"brig", "brig-oci"}) {
      Files.createSymbolicLink(bin.resolve(name), Checkout.root().resolve(name));
    }
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    new ContainerdLab(folder).remove();
  }

  /// Runs a script in the place that the page speaks of.
  private static Brig.Ended there(String script) throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "unshare",
            "-m",
            "-p",
            "-f",
            "--kill-child",
            "--mount-proc",
            "--propagation",
            "private",
            "timeout",
            "110",
            "bash",
            "-ec",
            """
            mkdir -p "$LAB/work" "$LAB/lib" && mount -t tmpfs run /run && cd "$LAB/work"
            [ -d /etc/containers ] && [ -d /var/lib/containers ] || exit 98
            mount --bind "$LAB/bin" /usr/local/bin; mount --bind "$LAB/lib" /var/lib/containers
            """
                + script);
    builder.environment().put("LAB", folder.toString());
    builder.environment().put("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    Brig.Ended ended = Shell.ended(builder);
    assumeTrue(ended.status() != 98, "podman's folders are not here");
    return ended;
  }

  @Test
  void makesAndRunsABundleByHand() throws IOException, InterruptedException {
    String typed = OciDocs.block("mkdir -p bundle/rootfs/bin");

    // `run demo` gives a terminal, and a person who leaves it.
    Brig.Ended ended =
        there(
            """
            cat >typed <<'EOF'
            %sEOF
            person() { until grep -q '#' said; do sleep 0.05; done; echo exit; }
            : >said; person | script -qec 'sh -e typed' /dev/null >said; echo $?
            cd bundle && jq '.process.terminal = false | .process.args = ["sh", "-c", "while :; do :; done"]' config.json >c && mv c config.json
            brig-oci create demo </dev/null; brig-oci start demo; brig-oci state demo | jq -r .status
            brig-oci exec demo sh -c 'echo in'; brig-oci kill demo KILL
            until [ "$(brig-oci state demo | jq -r .status)" = stopped ]; do :; done; brig-oci delete demo; brig-oci list -q
            """
                .formatted(typed));

    assertThat(ended.out()).as(ended.err()).isEqualTo("0\nrunning\nin\n");
  }

  @Test
  void isPodmansRuntimeForOneCommandAndForAll() throws IOException, InterruptedException {
    String one = OciDocs.block("podman --runtime");
    String all = OciDocs.block("[engine]");

    Brig.Ended ended =
        there(
            """
            # This machine's root can't raise limits, and there is no registry here.
            mkdir -p "$LAB/etc/containers.conf.d"; mount --bind "$LAB/etc" /etc/containers
            printf '[containers]\\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\\n' >/etc/containers/containers.conf
            echo '{"default": [{"type": "insecureAcceptAnything"}]}' >/etc/containers/policy.json
            tar -C "$LAB/rootfs" -c . | podman --events-backend=none import -q - %2$s:latest >/dev/null
            %1$s
            cat >/etc/containers/containers.conf.d/brig.conf <<'EOF'
            %3$sEOF
            podman info --format '{{.Host.OCIRuntime.Name}} {{.Host.CgroupManager}}'
            podman run --rm --network none %2$s nope 2>/dev/null || echo $?
            podman run --rm --network none --cgroups=disabled %2$s echo no cgroups
            printf 'FROM %2$s\\nRUN echo built\\n' >D; podman --runtime brig-oci build --network none -q -f D . >/dev/null && echo built
            """
                .formatted(one.replace("run --rm", "run --rm --network none"), ALPINE, all));

    assertThat(ended.out())
        .as(ended.err())
        .isEqualTo("hello\nbrig-oci cgroupfs\n127\nno cgroups\nbuilt\n");
  }

  @Test
  void isContainerdsRuntimeForOneCommand() throws IOException, InterruptedException {
    String page = Files.readString(Checkout.root().resolve("docs/oci.md"));
    String typed = page.substring(page.indexOf("`ctr run"));
    typed = typed.substring(1, typed.indexOf('`', 1));
    String pod = OciDocs.block("apiVersion: node.k8s.io/v1");
    String configured = OciDocs.block("[plugins.\"io.containerd.grpc.v1.cri\".containerd");

    Brig.Ended ended =
        there(
            """
            # What Debian's file has, and what the page adds to it.
            cp /etc/containerd/config.toml config.toml; cat >>config.toml <<'EOF'
            %1$sEOF
            sed -i '2i root = "'"$LAB"'/docs"\\nstate = "/run/containerd/state"' config.toml
            containerd -c config.toml >log 2>&1 & containerd=$!; until ctr version >/dev/null 2>&1; do sleep 0.05; done
            ctr plugins ls | awk '$2 == "cri" { print $4 }'
            ctr image import --base-name %2$s "$LAB/t.tar" >/dev/null; ctr image tag %2$s:t %2$s:latest >/dev/null
            %3$s
            kill $containerd; rmdir /sys/fs/cgroup/*/default 2>/dev/null || true
            """
                .formatted(configured, ALPINE, typed));

    assertThat(ended.out()).as(ended.err()).isEqualTo("ok\nhello\n");
    assertThat(pod).contains("handler: brig\n").contains("runtimeClassName: brig\n");
  }
}
