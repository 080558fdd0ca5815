package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// What options of podman and its pods ask of `brig-oci`, and of runc to hold it against.
@ResourceLock("podman's locks")
class OciPodmanOptionsIT {
  @TempDir private static Path folder;

  private static PodmanLab lab() {
    return PodmanLab.of(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    lab().prepare();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().remove();
  }

  @Test
  void givesWhatOptionsAskFor() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                run --privileged t sh -c 'grep Cap /proc/self/status; ls /dev | grep -v tty; ls -l /dev/ptmx | cut -d/ -f3-'
                run --device /dev/fuse:/dev/x:r --ulimit nofile=100:200 --ulimit nproc=90:100 --oom-score-adj 500 --cap-add all \\
                  --cap-drop chown --security-opt no-new-privileges --security-opt seccomp=unconfined --security-opt mask=/etc/passwd \\
                  --group-add 55 --tmpfs /t:size=1m,mode=700,noexec --shm-size 2m --sysctl net.ipv4.ip_forward=1 --hostname h \\
                  --add-host a:1.2.3.4 --mount type=bind,src=/etc/group,dst=/p,ro --umask 027 -v new:/bin -v new:/w:ro t sh -c '
                  stat -c "%n %a %t %T" /dev/x; ulimit -n; ulimit -Hn; ulimit -u; cat /proc/self/oom_score_adj; wc -c </etc/passwd
                  grep -E "Cap|NoNew|Seccomp:" /proc/self/status; id; cut -d" " -f5,6 /proc/self/mountinfo | grep -e "^/t " -e shm -e "^/p " | sort
                  cat /proc/sys/net/ipv4/ip_forward; hostname; grep 1.2 /etc/hosts; umask; echo x >/bin/new; cat /w/new; echo x 2>/dev/null >/w/y || echo unwritable'
                run --uidmap 0:200000:1000 --gidmap 0:200000:1000 --security-opt unmask=all t sh -c '
                  cat /proc/self/uid_map; stat -c %u:%g /bin /proc /dev/null; id; touch /x; grep -c /proc/ /proc/self/mountinfo'
                run --network host --pid host --ipc host --uts host --cgroupns host --cgroup-parent "/brig-it/${LAB##*/}" t sh -c '
                  for n in net pid ipc uts cgroup; do readlink /proc/self/ns/$n; done; cut -d: -f2- /proc/self/cgroup | sed "s/libpod-.*//" | sort'
                run --cpus 0.5 --cpuset-cpus 0 --cpu-shares 100 --memory 32m --memory-swap 64m --memory-reservation 16m --pids-limit 9 \\
                  --memory-swappiness 10 --oom-kill-disable --device-cgroup-rule 'c 10:229 rwm' --init t sh -c 'cd /sys/fs/cgroup; cat cpu/cpu.cfs_quota_us
                  cd memory; cat ../cpuset/cpuset.cpus ../cpu/cpu.shares *limit_in_bytes memory.swappiness memory.oom_control ../pids/pids.max
                  mknod /f c 10 229; head -c 1 /f 2>/dev/null || echo fuse; cat /proc/1/comm'
                run -m 16m t sh -c 'a=x; while :; do a=$a$a; done'; run --preserve-fds 1 t sh -c 'cat <&3' 3<rootfs/etc/passwd
                rmdir /sys/fs/cgroup/*/brig-it/"${LAB##*/}" /sys/fs/cgroup/*/brig-it 2>/dev/null
                """);

    assertThat(out)
        .contains("CapPrm:\t000001fffeffffff", "/dev/x 600 a e5\n100\n200\n", "unwritable\n")
        .contains("0     200000       1000\n", "50000\n0\n100\n", "oom_kill_disable 1", "= 137\n");
  }

  @Test
  void mapsIdsOfPodmansChoice() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                for f in subuid subgid; do { cat /etc/$f; echo containers:2000000000:1000000; } >$f; mount --bind $f /etc/$f; done
                run --userns=auto t sh -c 'cat /proc/self/uid_map /proc/self/gid_map; stat -c %u:%g /bin /proc; id -u; touch /new'
                run --userns=auto:size=2000 t cat /proc/self/uid_map
                p run -d --name first --userns=auto --network none t sleep 500
                run --userns=auto t cat /proc/self/uid_map; p exec first cat /proc/self/uid_map; p rm -f -t 0 first
                """);

    assertThat(out)
        .contains(" 2000000000       1024\n", "0:0\n65534:65534\n0\n= 0\n", " 2000001024 ");
  }

  @Test
  void makesPodsThatShareNamespaces() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                p pod create --name pod --share net,ipc,uts,pid --network none --hostname podhost
                p run -d --pod pod --name member t sleep 500
                p run --rm --pod pod t sh -c 'hostname; ps -o comm | grep -c -e sleep -e catatonit; ip link | grep -c lo:'
                p pod pause pod; p pod unpause pod; p pod ps --format '{{.Name}} {{.Status}} {{.NumberOfContainers}}'
                p pod stop -t 0 pod; p pod start pod; p exec member hostname; p pod rm -f -t 0 pod; p ps -aq
                """);

    assertThat(out).contains("podhost\n2\n1\n= 0\n", "pod Running 2\n");
  }

  @Test
  @Tag("thorough")
  void playsKubernetesPodsAndNetworks() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                cat >pod.yaml <<EOF
                apiVersion: v1
                kind: Pod
                metadata: {name: kp}
                spec:
                  hostNetwork: true
                  restartPolicy: Never
                  containers:
                  - name: a
                    image: localhost/t:latest
                    command: [/bin/sh, -c, "echo \\$V; cat /v/passwd; sleep 1000"]
                    env: [{name: V, value: val}]
                    resources: {limits: {memory: 64Mi, cpu: 500m}}
                    securityContext: {readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}, runAsUser: 0}
                    volumeMounts: [{name: v, mountPath: /v}]
                  volumes: [{name: v, hostPath: {path: $LAB/rootfs/etc, type: Directory}}]
                EOF
                p play kube pod.yaml
                p exec kp-a /bin/sh -c 'PATH=/bin; cat /sys/fs/cgroup/memory/memory.limit_in_bytes; grep CapEff /proc/self/status; echo x >/y'
                p logs kp-a; p play kube --down pod.yaml
                echo secret >s; p secret create sec s; run --secret sec t cat /run/secrets/sec; p secret rm sec
                p run -d --name b --network none --ipc shareable t sleep 500
                p run --rm --network container:b --pid container:b --ipc container:b t sh -c 'ps -o comm | grep sleep'; p rm -f -t 0 b
                p network create --subnet 10.213.0.0/24 net
                p run -d --name srv --network net -p 127.0.0.1:18213:80 t sh -c 'mkdir /www; echo page >/www/index.html; httpd -f -p 80 -h /www'
                address=$($PODMAN inspect -f '{{.NetworkSettings.Networks.net.IPAddress}}' srv)
                p run --rm --network net t sh -c "until wget -qO- http://$address/; do sleep 0.1; done; ip route | head -1"
                p rm -f -t 0 srv; p network rm net
                """);

    assertThat(out)
        .contains("67108864\nCapEff:\t0000000000000000\n", "val\n", "secret\n", "page\n");
  }
}
