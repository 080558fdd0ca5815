package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Debian's containerd with `brig-oci` for its shim's runtime, and with runc to hold it against.
@ResourceLock("containerd")
class OciContainerdIT {
  @TempDir private static Path folder;

  private static ContainerdLab lab() {
    return new ContainerdLab(folder);
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
  void runsToTheEnd() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                run="$RUN --rm $IMAGE c"
                $run sh -c 'echo out; echo err >&2; exit 7' >o 2>e; status=$?; cat o e; echo $status
                $run nope 2>&1 | grep -o 'executable file not found in .PATH'; $run /etc/passwd 2>&1 | grep -o 'permission denied'
                $RUN --rm --null-io $IMAGE c sh -c 'echo nothing && echo >&2 && read a; echo $?'; echo $?
                $RUN --rm --memory-limit 16777216 $IMAGE c sh -c 'a=x; while :; do a=$a$a; done'; echo $?
                # A person answers when the terminal has been shown.
                person() { until grep -q pts t; do sleep 0.05; done; echo; }
                : >t; person | script -qec "$RUN --rm -t $IMAGE c sh -c 'tty; test -c /dev/console; echo \\$?; read a; exit 3'" /dev/null >t
                echo $?; cat t; $CTR container ls -q; ls "/run/containerd/runc/$NAME" 2>/dev/null
                find /sys/fs/cgroup/*/"$NAME" -mindepth 1 -type d 2>/dev/null
                """);

    assertThat(out)
        .startsWith("out\nerr\n7\nexecutable file not found in $PATH\npermission denied\n")
        .contains("\n0\n137\n3\n/dev/pts/0");
  }

  @Test
  void goesThroughTheLifeOfATask() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                exec() { $CTR task exec --exec-id e$((e += 1)) "$@"; local s=$?; echo "exec $s"; }
                $RUN -d $IMAGE x sh -c 'trap "echo usr >/usr1" USR1; while :; do sleep 0.1; done'; status x
                exec x sh -c 'echo in; exit 5'; exec x nope 2>&1 | grep -o 'executable file not found in .PATH'
                echo typed | $CTR task exec --exec-id f x cat; exec --cwd /bin --user 5:6 x sh -c 'pwd; id'
                $CTR task exec -d --exec-id d x sleep 500; $CTR task ps x | grep -o 'ExecID:d'
                [ "$($CTR task ps x | wc -l)" -gt 2 ] && echo listed
                person() { until grep -q pts t; do sleep 0.05; done; echo; }
                : >t; person | script -qec "$CTR task exec -t --exec-id t x sh -c 'tty; read a; exit 4'" /dev/null >t; echo $?
                $CTR task pause x; status x; exec x true 2>&1; $CTR task resume x; status x
                $CTR task metrics --format json x | jq -c '[keys, (.memory.usage.usage > 0), (.cpu.usage.total > 0)]'
                $CTR task kill -s USR1 x; until $CTR task exec --exec-id u$((e += 1)) x cat /usr1 2>/dev/null; do :; done
                $CTR task kill --exec-id d -s KILL x; echo $?
                $CTR task delete x 2>/dev/null; echo "delete $?"; $CTR container rm x 2>/dev/null; echo "rm $?"
                $CTR task kill -s KILL x; is x STOPPED; $CTR task kill -s KILL x 2>&1; exec x true 2>&1
                $CTR task delete x 2>/dev/null; echo "delete $?"; $CTR task ls -q
                $CTR task start -d x; status x; $CTR task delete -f x 2>/dev/null; echo "delete -f $?"
                $CTR container rm x; $CTR container ls -q; ls "/run/containerd/runc/$NAME" 2>/dev/null
                find /sys/fs/cgroup/*/"$NAME" -mindepth 1 -type d 2>/dev/null
                """);

    assertThat(out)
        .startsWith("RUNNING\nin\nexec 5\nexecutable file not found in $PATH\n")
        .contains("listed\n4\nPAUSED\n", "\nRUNNING\n[[", ",true,true]\nusr\n")
        .contains("process already finished: not found", "delete -f 0");
  }

  @Test
  void givesWhatOptionsAskFor() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                run() { $RUN --rm "$@"; echo "= $?"; }
                cg=type=bind,src=/sys/fs/cgroup,dst=/cg,options=rbind:ro
                run --memory-limit 67108864 --cpus 0.5 --cpu-shares 512 --cwd /bin --env A=b --mount $cg \\
                  --mount type=bind,src=$LAB/rootfs/etc,dst=/m,options=rbind:ro --device /dev/zero --device /dev/fuse \\
                  --mount type=tmpfs,src=tmpfs,dst=/t,options=size=1m --pid-file p $IMAGE c sh -c '
                  pwd; echo $A; hostname; ls /m; echo x 2>/dev/null >/m/y || echo unwritable; echo x >/t/y && cat /t/y; cut -d: -f2- /proc/self/cgroup | sort
                  cd /cg/memory/$NAME/c && cat memory.limit_in_bytes ../../../cpu/$NAME/c/cpu.cfs_quota_us ../../../cpu/$NAME/c/cpu.shares
                  stat -c "%n %a %t %T %F" /dev/* | sort; head -c 3 /dev/fuse 2>/dev/null || echo fuse; umask; ulimit -n; ip link | head -1
                  cut -d" " -f5,6 /proc/self/mountinfo | grep -v -e "^/cg" -e /proc/keys -e /proc/timer | sort'
                [ -s p ] && ! grep -q '[^0-9]' p && echo pid
                run --read-only --seccomp --allow-new-privs --cap-add CAP_SYS_ADMIN --cap-drop CAP_CHOWN $IMAGE c sh -c '
                  echo a 2>/dev/null >/b || echo unwritable; grep -E "Cap|NoNew|Seccomp:" /proc/self/status'
                run --privileged --net-host $IMAGE c sh -c 'ls /dev | grep -v tty; ls -l /dev/ptmx | cut -d/ -f3-; ip link | wc -l; grep Cap /proc/self/status'
                run --uidmap 0:100000:1000 --gidmap 0:100000:1000 $IMAGE c sh -c 'id; cat /proc/self/uid_map; stat -c %u /bin'
                run --cgroup "/$NAME/other" $IMAGE c sh -c 'cut -d: -f2- /proc/self/cgroup | sort'
                """
                    .replace("$NAME/c", "'$NAME'/c"));

    assertThat(out)
        .startsWith("/bin\nb\n")
        .contains("\n67108864\n50000\n512\n", "/dev/fuse 600 a e5", "\npid\n", "Seccomp:\t2\n")
        .contains("100000       1000\n");
  }

  @Test
  void joinsNamespacesAndTellsOfEvents() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                unshare -n -u -i sleep 500 & other=$!
                until [ "$(readlink /proc/$other/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do :; done
                $CTR events >events & listener=$!
                $RUN --rm --with-ns network:/proc/$other/ns/net --with-ns ipc:/proc/$other/ns/ipc \\
                  --with-ns uts:/proc/$other/ns/uts $IMAGE c sh -c 'for n in net ipc uts; do readlink /proc/self/ns/$n; done' >names
                for n in net ipc uts; do grep -qF "$(readlink /proc/$other/ns/$n)" names && echo same $n; done
                $RUN --rm --with-ns pid:/proc/$other/ns/pid $IMAGE c sh -c "test -e /proc/$other && echo seen"
                kill $other; until grep -q 'containers/delete' events; do :; done; kill $listener
                grep -o '/tasks/[a-z]*' events | sort | uniq -c
                """);

    assertThat(out).startsWith("same net\nsame ipc\nsame uts\nseen\n").contains("/tasks/exit");
  }
}
