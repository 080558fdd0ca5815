package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Builders of images and conmon with `brig-oci`, and with runc to hold it against.
@Tag("thorough")
@ResourceLock("podman's locks")
class OciBuildIT {
  @TempDir private static Path folder;

  private static PodmanLab lab() {
    return PodmanLab.of(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    assumeTrue(Files.exists(Path.of("/usr/bin/buildah")), "needs buildah");
    lab().prepare();
    Path context = Files.createDirectory(folder.resolve("context"));
    Files.writeString(context.resolve("f"), "file\n");
    Files.writeString(
        context.resolve("Dockerfile"),
        """
        FROM localhost/t:latest
        ENV A=b
        RUN echo $A >/built && id && mount | grep -c proc
        COPY f /f
        RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/tt echo x >/c/y && ls /c && mount | grep -c ' /tt '
        USER 5:6
        WORKDIR /bin
        RUN id; pwd; cat /sys/fs/cgroup/memory/memory.limit_in_bytes; grep CapEff /proc/self/status; ulimit -n
        CMD ["cat", "/built", "/f"]
        """);
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().remove();
  }

  @Test
  void buildsWithPodman() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                p build --network none --no-cache --memory 64m --cap-drop all --ulimit nofile=50:60 -q -t built context
                p build --network none --no-cache --memory 64m --ulimit nofile=50:60 -t built context | grep -v -e '^-->' -e '^= '
                run built; printf 'FROM localhost/t:latest\\nRUN exit 3\\n' >D; p build --network none -f D context
                printf 'FROM localhost/t:latest\\nRUN ["nope"]\\n' >D; $PODMAN build --network none -f D context 2>&1 | grep -o 'executable file not .*PATH'
                """);

    assertThat(out)
        .contains(
            "\n67108864\n", "\n50\n", "uid=5 gid=6", "\nb\nfile\n= 0\n", "exit status 3\n= 3\n")
        .endsWith("executable file not found in $PATH\n");
  }

  @Test
  void buildsAndRunsWithBuildah() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                $BUILDAH bud --runtime $RUNTIME --isolation oci --network none --no-cache -t bud context 2>&1 | grep -v -e '^-->' -e '^[0-9a-f]*$'
                c=$($BUILDAH from --isolation oci localhost/t:latest); run="$BUILDAH run --runtime $RUNTIME --isolation oci"
                $run $c sh -c 'echo run; id; exit 6' 2>&1; echo $?; echo typed | $run $c cat; $run $c nope >/dev/null 2>&1; echo $?
                $run --user 5:6 --workingdir /bin --env A=b -v "$LAB/rootfs/etc:/e:ro" --cap-drop all --hostname hh $c sh -c '
                  id; pwd; echo $A; ls /e/passwd; hostname; echo a 2>/dev/null >/e/x || echo unwritable; grep CapEff /proc/self/status' 2>&1
                typed $run -t $c sh -c '"tty; read a; exit 3"' | grep -v Error; $BUILDAH rm $c >/dev/null; echo $?
                """);

    assertThat(out).contains("run\nuid=0(root)", "typed\n", "hh\nunwritable\n", "/dev/pts/0");
  }

  @Test
  void isCalledByConmonAlone() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                # What podman does: the pid and the failure come back over the pipe that _OCI_SYNCPIPE names.
                bundle() {
                  rm -f b/config.json; mkdir -p b/log; (cd b && runc spec) && jq --arg root "$LAB/rootfs" \\
                    '.root.path = $root | .process.terminal = false | .process.args = '"$1" b/config.json >c && mv c b/config.json
                }
                conmon_of() {
                  conmon --api-version 1 -c "$1" -u "$1" -r "$(command -v $RUNTIME)" -b "$LAB/b" -p "$LAB/b/pidfile" -n "$1" --exit-dir "$LAB/b" \\
                    --full-attach -l "k8s-file:$LAB/b/log/$1" --log-level error --runtime-arg --root --runtime-arg "$LAB/conmon" \\
                    --runtime-arg --log-format=json --runtime-arg --log --runtime-arg "$LAB/b/log/oci" 2>/dev/null
                  read -r answer <&3
                }
                RT="$RUNTIME --root $LAB/conmon"; export _OCI_SYNCPIPE=3; PATH=$PATH:/usr/sbin; mkfifo sync; exec 3<>sync
                bundle '["sh", "-c", "echo out; echo err >&2; exit 9"]'
                conmon_of good; echo "$answer" | sed 's/[0-9][0-9]*/N/'; [ "$(cat b/pidfile)" = "$($RT state good | jq .pid)" ] && echo pid
                $RT start good; until [ -e b/good ]; do sleep 0.05; done; cat b/good; echo; cut -d' ' -f2- b/log/good | sort; $RT delete good
                bundle '["nope"]'; conmon_of bad; grep -o 'executable file not found in .PATH' b/log/oci; echo "${answer%%,*}"
                $RT list -q; rm -rf b sync
                """);

    assertThat(out).contains("pid\n9\nstderr F err\nstdout F out\n", "executable file not found");
  }
}
