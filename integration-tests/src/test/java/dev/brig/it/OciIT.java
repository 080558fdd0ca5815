package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `brig-oci` on bundles, held against runc on the same ones.
class OciIT {
  @TempDir private static Path folder;

  private static OciLab lab() {
    return new OciLab(folder);
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
  void endsWithTheStatusOfTheCommand() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                bundle b '.process.args = ["sh", "-c", "echo in; exit 7"]'
                $RT run -b b $NAME; echo $?
                bundle b '.process.args = ["sh", "-c", "kill -9 $$"] | .linux.namespaces -= [{"type": "pid"}]'
                $RT run -b b $NAME; echo $?
                $RT state $NAME 2>/dev/null; echo $?
                """);

    assertThat(out).isEqualTo("in\n7\n137\n1\n");
  }

  @Test
  void showsTheCommandTheSameWorldAsRunc() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                bundle b '.process.args = ["sh", "-c", "
                  cut -d\\\\  -f5 /proc/self/mountinfo | grep -v ^/sys/fs/cgroup | sort; env | sort
                  grep -E \\"^(Cap|Seccomp:|NoNew|Groups|Uid|Gid|SigBlk|SigCgt)\\" /proc/self/status
                  cat /proc/self/oom_score_adj; umask; pwd; hostname; grep files /proc/self/limits
                  stat -c \\"%n %a %t %T %F\\" /dev/* | sort"]'
                $RT run -b b $NAME
                """);

    assertThat(out).contains("HOME=/root").contains("/proc/sys\n").contains("/dev/null");
  }

  @Test
  void goesThroughTheLifeOfAContainerAsRuncDoes() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                say() { "$@" 2>/dev/null; echo "$2 $?"; }
                bundle b '.process.args = ["sleep", "1000"]'
                mkdir -p pids
                say $RT create -b b --pid-file pids/1 $NAME </dev/null
                od -An -c pids/1 | tr -d '0-9 '
                [ "$(cat pids/1)" = "$($RT state $NAME | jq .pid)" ] && echo same pid
                $RT state $NAME | jq -c '[keys, .status, .bundle, .id]' | sed "s,$LAB,,"
                for verb in create start start delete pause pause exec resume resume; do
                  case $verb in
                    create) say $RT create -b b $NAME </dev/null ;;
                    exec) say $RT exec $NAME true ;;
                    *) say $RT $verb $NAME ;;
                  esac
                  $RT state $NAME | jq -r .status
                done
                $RT list -q; $RT list | head -1; $RT ps -f json $NAME | jq length
                say $RT kill $NAME KILL
                until [ "$($RT state $NAME | jq -r .status)" = stopped ]; do :; done
                say $RT kill $NAME; say $RT start $NAME; say $RT exec $NAME true
                say $RT delete $NAME; say $RT delete $NAME; say $RT delete -f $NAME
                say $RT state $NAME; $RT list -f json; echo
                """);

    assertThat(out).contains("created").contains("running").contains("paused").contains("null");
  }

  @Test
  void runsFurtherProcesses() throws IOException, InterruptedException {
    lab()
        .same(
            """
            bundle b '.process.args = ["sleep", "1000"]'
            $RT run -d -b b $NAME </dev/null >/dev/null
            $RT exec $NAME sh -c 'echo a; exit 9'; echo $?
            echo text | $RT exec $NAME cat; $RT exec --cwd /bin -e A=b -u 5:6 $NAME sh -c 'id -u; id -g; pwd; echo $A'
            $RT exec $NAME nope 2>/dev/null; echo $?
            $RT exec $NAME sh -c 'kill -9 $$'; echo $?
            $RT exec -u -1 $NAME id 2>/dev/null; echo $?
            jq '.process | .args = ["sh", "-c", "echo $B; readlink /proc/self/ns/pid >/x; exit 3"] | .env += ["B=c"]' \
              b/config.json >p.json
            $RT exec -p p.json $NAME; echo $?
            $RT exec -d --pid-file pid $NAME sleep 500; echo $?
            [ "$(readlink /proc/$(cat pid)/ns/pid)" = "$(readlink /proc/$($RT state $NAME | jq .pid)/ns/pid)" ] && echo same
            $RT ps -f json $NAME | jq length
            $RT delete -f $NAME; echo $?; [ -e /proc/$(cat pid) ] || echo gone
            """);
  }

  @Test
  void saysWhatIsWrongInTheWordsThatCallersLookFor() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                bundle b '.process.args = ["nope"]'
                $RT --log log --log-format json create -b b $NAME; echo $?
                jq -r '.level + ": " + .msg' log; rm log
                bundle b '.process.args = ["/etc/passwd"]'
                $RT create -b b $NAME; echo $?
                bundle b '.linux.intelRdt = {"closID": "x"}'
                $RT create -b b $NAME; echo $?
                $RT create -b b a/b; echo $?; $RT state $NAME; echo $?; $RT frob; echo $?
                ls brig-state
                """);

    assertThat(brig.out())
        .isEqualTo(
            """
            1
            error: exec: "nope": executable file not found in $PATH (it is looked for in the PATH of /process/env)
            1
            1
            1
            1
            3
            """);
    assertThat(brig.err())
        .contains("executable file not found in $PATH")
        .contains("permission denied")
        .contains("/linux/intelRdt: brig can't apply it")
        .contains("invalid container ID format")
        .contains("does not exist");
  }

  @Test
  void needsNoEnvironment() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                bundle b '.process.args = ["sleep", "1000"]'
                env -i $RT run -d -b "$LAB/b" $NAME </dev/null >/dev/null; echo $?
                env -i $RT kill $NAME 9; echo $?; env -i $RT delete -f $NAME; echo $?
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("0\n0\n0\n");
  }

  @Test
  void runsHooksAtTheirMomentsInTheirNamespaces() throws IOException, InterruptedException {
    // Not held against runc, which (1.1.5) runs poststart hooks when a container is created.
    Brig.Ended brig =
        lab()
            .brig(
                """
                cat >hook <<'EOF'
                #!/bin/sh
                pid=$(jq .pid | tr -d '\\n')
                mine=$(readlink /proc/self/ns/mnt)
                [ "$mine" = "$(readlink /proc/$PPID/ns/mnt)" ] || mine=other
                [ "$mine" = "$HOST" ] && where=host || where=container
                [ $pid -gt 1 ] && pid=N
                echo "$1 $where" >>"$2"
                EOF
                chmod +x hook; rm -f said
                export HOST=$(readlink /proc/self/ns/mnt)
                bundle b '.process.args = ["sh", "-c", "cat /started"] | .root.readonly = false
                  | .hooks = ([("createRuntime", "createContainer", "poststart", "poststop") as $kind
                    | {($kind): [{path: (env.LAB + "/hook"), args: ["hook", $kind, (env.LAB + "/said")],
                       env: ["HOST=" + env.HOST, "PATH=/usr/bin:/bin"]}]}] | add)
                  | .hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "cat >/dev/null; echo hooked >/started"]}]'
                $RT create -b b $NAME </dev/null >out; echo "created $?"; cat said
                $RT start $NAME; until [ "$($RT state $NAME | jq -r .status)" = stopped ]; do :; done
                $RT delete $NAME; cat said out
                """);

    assertThat(brig.out())
        .as(brig.err())
        .isEqualTo(
            """
            created 0
            createRuntime host
            createContainer container
            createRuntime host
            createContainer container
            poststart host
            poststop host
            hooked
            """);
  }

  @Test
  void endsACreationWhoseHookFails() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                bundle b '.hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "echo no >&2; exit 3"]}]}'
                $RT create -b b $NAME </dev/null; echo $?
                bundle b '.hooks = {createContainer: [{path: "/bin/sleep", args: ["sleep", "1000"], timeout: 1}]}'
                $RT create -b b $NAME </dev/null; echo $?
                ls brig-state; ls -d /sys/fs/cgroup/*/$NAME 2>/dev/null
                """);

    assertThat(brig.out()).isEqualTo("1\n1\n");
    assertThat(brig.err())
        .contains("no\n")
        .contains("run the createRuntime hook /bin/sh: exit status 3")
        .contains("it ran longer than its timeout");
  }

  @Test
  void changesAndShowsLimits() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                bundle b '.process.args = ["sleep", "1000"] | .linux.resources.pids.limit = 30'
                $RT run -d -b b $NAME </dev/null >/dev/null
                $RT events --stats $NAME | jq -c '[.type, .data.pids.limit, .data.pids.current]'
                $RT update --pids-limit 20 --memory 64M $NAME
                $RT exec $NAME sh -c 'cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/memory/memory.limit_in_bytes'
                echo '{"memory": {"limit": 134217728}, "pids": {"limit": -1}}' | $RT update -r - $NAME
                $RT exec $NAME sh -c 'cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/memory/memory.limit_in_bytes'
                $RT delete -f $NAME; ls -d /sys/fs/cgroup/*/$NAME 2>/dev/null
                """);

    assertThat(brig.out())
        .as(brig.err())
        .isEqualTo("[\"stats\",30,1]\n20\n67108864\nmax\n134217728\n");
  }

  @Test
  void passesDescriptorsOnAndNoOthers() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                bundle b '.process.args = ["sh", "-c", "cat <&3; for fd in /proc/$$/fd/*; do echo ${fd##*/}; done"]'
                echo passed >file; exec 3<file 4</ 5</etc
                $RT run -b b --preserve-fds 1 $NAME
                """);

    assertThat(out).startsWith("passed\n").doesNotContain("\n5\n");
  }

  @Test
  void leavesNothingWhenItIsKilledWhileCreating() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                bundle b '.hooks = {createRuntime: [{path: "/bin/sleep", args: ["sleep", "1000"]}]}'
                $RT create -b b $NAME </dev/null & creator=$!
                until [ "$($RT state $NAME 2>/dev/null | jq .pid)" -gt 0 ] 2>/dev/null; do :; done
                $RT state $NAME | jq -r .status; init=$($RT state $NAME | jq .pid)
                kill -9 $creator; wait $creator 2>/dev/null
                $RT delete -f $NAME; echo $?
                case $(cat /proc/$init/stat 2>/dev/null) in "" | *") Z "*) echo gone ;; esac; ls brig-state; ls -d /sys/fs/cgroup/*/$NAME 2>/dev/null
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("creating\n0\ngone\n");
  }

  /// runc looks every 100 ms whether a process that it killed has ended; whoever waits on a
  /// descriptor is told at once. The JVM's own threads wait for each other 10 µs, then 1 ms.
  @Test
  void sleepsOnNoPathOfItsCommands() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                bundle b '.process.args = ["sleep", "1000"]'
                trace() { strace -f -o trace -e trace=nanosleep,clock_nanosleep,select,pselect6 $RT "$@" </dev/null >/dev/null; grep "^[0-9]* *[a-z]" trace | grep -Ecv "tv_sec=0, tv_nsec=10000(00)?}"; }
                $RT create -b b $NAME </dev/null
                for verb in start state exec kill 'delete -f'; do
                  case $verb in exec) trace $verb $NAME true ;; *) trace $verb $NAME ;; esac
                done
                strace -f -o trace -e trace=nanosleep,clock_nanosleep sleep 0.1; grep nanosleep trace | grep -Ecv "tv_sec=0, tv_nsec=10000(00)?}"
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("0\n0\n0\n0\n0\n1\n");
  }

  @Test
  void runsFurtherProcessesInCgroupsBelow() throws IOException, InterruptedException {
    String out =
        lab()
            .same(
                """
                bundle b '.process.args = ["sleep", "1000"]'
                $RT run -d -b b $NAME </dev/null >/dev/null; mkdir /sys/fs/cgroup/pids/$NAME/below
                $RT exec --cgroup pids:below $NAME cat /proc/self/cgroup | grep -c ":pids:.*/$NAME/below$"
                $RT exec $NAME cat /proc/self/cgroup | grep -c ":pids:.*/$NAME$"
                $RT exec --cgroup pids:nosuch $NAME true 2>/dev/null; echo $?
                $RT exec --cgroup nosuch:below $NAME true 2>/dev/null; echo $?
                $RT delete -f $NAME; ls -d /sys/fs/cgroup/*/$NAME 2>/dev/null
                """);

    assertThat(out).isEqualTo("1\n1\n255\n255\n");
  }

  @Test
  void tellsWhenAContainerRunsOutOfMemory() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                bundle b '.process.args = ["sh", "-c", "read line </go; tail /dev/zero; exit 3"]
                  | .root.readonly = false | .linux.resources.memory = {limit: 20000000, swap: 20000000}'
                mkfifo rootfs/go; $RT create -b b $NAME </dev/null >/dev/null 2>&1; $RT start $NAME
                $RT events --interval 1h $NAME >told & teller=$!
                until grep -q '"stats"' told; do :; done
                echo >rootfs/go; wait $teller; echo $?; jq -c '[.type, .id == env.NAME]' told
                $RT delete -f $NAME; rm rootfs/go
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("0\n[\"stats\",true]\n[\"oom\",true]\n");
  }

  @Test
  void refusesALimitBelowWhatIsUsedWhereAsked() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                bundle b '.process.args = ["sleep", "1000"] | .linux.resources.memory.limit = 20000000'
                $RT run -d -b b $NAME </dev/null >/dev/null
                echo '{"memory": {"limit": 4096, "checkBeforeUpdate": true}}' | $RT update -r - $NAME; echo $?
                $RT state $NAME | jq -r .status; $RT exec $NAME cat /sys/fs/cgroup/memory/memory.limit_in_bytes
                $RT delete -f $NAME
                """);

    assertThat(brig.out()).isEqualTo("1\nrunning\n19996672\n");
    assertThat(brig.err()).contains("unable to set memory limit to 4096: the container uses ");
  }
}
