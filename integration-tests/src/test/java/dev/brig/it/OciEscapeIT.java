package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The attacks by processes, descriptors and rights that have worked on container runtimes, tried
/// on `brig-oci`; each by the number under which it was published. [OciAttackIT] has those by
/// links.
class OciEscapeIT {
  @TempDir private static Path folder;

  private static OciAttackLab lab() {
    return OciAttackLab.in(folder);
  }

  @BeforeAll
  static void prepare() throws IOException, InterruptedException {
    lab().prepare();
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    lab().remove();
  }

  /// CVE-2016-9962: what brig's own process holds while it becomes one of the container's.
  /// CVE-2019-5736: what it executes meanwhile, which is a program of the host's.
  @Test
  void showsTheContainerNothingOfItsOwnProcesses() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; mkdir -p "$LAB/stop"
                b '.process.args = ["attack", "watch", "/vol/stop", "/bin/busybox"] | bind("vol"; "/vol")'
                files() { for file in OURS; do sha256sum "$file"; done; }
                files >before
                $RT run -d -b b $NAME </dev/null >seen; until grep -q ready seen; do :; done
                i=0; while [ $i -lt 8 ]; do i=$((i+1)); say $RT exec $NAME true; done
                printf '#!/proc/self/exe\\n' >r/bin/evil; chmod +x r/bin/evil
                say timeout 20 $RT exec $NAME evil; say timeout 20 $RT exec $NAME /proc/self/exe
                touch vol/stop; until grep -q '^seen' seen; do :; done; $RT delete -f $NAME
                files | cmp - before && sort -u seen
                """
                    .replace("OURS", ours()));

    // Some were seen: that there are such processes can't be hidden, but nothing more is told.
    assertThat(brig.out())
        .as(brig.err())
        .startsWith("0\n".repeat(8))
        .endsWith("255\n255\nready\nseen some\n");
  }

  @Test
  void executesNothingOfTheHostsForTheImage() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; printf '#!/proc/self/exe\\n' >r/bin/evil; chmod +x r/bin/evil
                for command in evil /proc/self/exe; do b '.process.args = ["'$command'"]'; try; done
                """);

    assertThat(brig.out()).isEqualTo("status 1\nstatus 1\n");
    assertThat(brig.err()).contains("permission denied");
  }

  /// The watcher sees what isn't hidden, and so would have told of it.
  @Test
  void noticesAForeignExecutable() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; b '.process.args = ["attack", "watch", "/vol/stop", "/bin/none"] | bind("vol"; "/vol") | .root.readonly = false'
                $RT run -d -b b $NAME </dev/null >seen; until grep -q ready seen; do :; done
                $RT exec -d $NAME sleep 1000 </dev/null >/dev/null
                until grep -q '^exe' seen; do :; done; touch vol/stop; until grep -q '^seen' seen; do :; done
                $RT delete -f $NAME; sort -u seen | sed 's/^exe of .*:/exe of N:/'
                """);

    assertThat(brig.out())
        .as(brig.err())
        .contains("exe of N: /bin/busybox\n")
        .contains("fd of /bin/busybox: /dev/null")
        .contains("map_files of /bin/busybox: /bin/busybox");
  }

  private static String ours() {
    Path top = Checkout.root();
    return "%1$s/brig %1$s/brig-oci %1$s/target/brig/* $(cat %1$s/target/brig/java)".formatted(top);
  }

  /// CVE-2022-29162, CVE-2022-27650: capabilities that a file of the image's could hand on.
  @Test
  void givesNobodyInheritableCapabilities() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; $RT spec -b . && jq -c '.process.capabilities | [.inheritable, .ambient]' config.json; rm config.json
                b 'sh("grep CapInh /proc/self/status; exec sleep 1000")'
                $RT run -d -b b $NAME </dev/null >seen
                $RT exec $NAME grep CapInh /proc/self/status
                $RT exec --cap CAP_SYS_ADMIN $NAME grep CapInh /proc/self/status
                $RT exec --cap CAP_SYS_ADMIN -u 5 $NAME grep -E 'Cap(Inh|Amb)' /proc/self/status
                cat seen; $RT delete -f $NAME
                """);

    String none = "CapInh:\t0000000000000000\n";
    assertThat(brig.out())
        .as(brig.err())
        .isEqualTo("[null,null]\n" + none + none + none + "CapAmb:\t0000000000000000\n" + none);
  }

  /// CVE-2023-25809: without a cgroup namespace the machine's own cgroups can be written to.
  @Test
  void letsNoContainerWriteToCgroups() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root
                attack='for group in /sys/fs/cgroup /sys/fs/cgroup/*; do
                  mkdir $group/x 2>/dev/null && echo made $group/x; (echo 0 >$group/cgroup.procs) 2>/dev/null && echo joined $group
                done
                mount -o remount,rw /sys/fs/cgroup/pids 2>/dev/null && echo remounted
                umount /sys/fs/cgroup/pids 2>/dev/null && echo unmounted; ls /sys/fs/cgroup | grep -c pids'
                ids='[{containerID: 0, hostID: 100000, size: 65536}]'
                user='.linux.namespaces |= map(select(.type != "cgroup")) + [{type: "user"}] | .linux.uidMappings = '$ids' | .linux.gidMappings = '$ids
                export attack
                b 'sh(env.attack) | .linux.namespaces |= map(select(.type != "cgroup"))'; try
                b 'sh(env.attack) | '"$user"; try
                ls -d /sys/fs/cgroup/*/x 2>/dev/null
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("1\nstatus 0\n1\nstatus 0\n");
  }

  /// CVE-2024-21626: a directory of the host's behind a descriptor, as the working directory.
  @Test
  void worksInNoDirectoryOfTheHost() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; exec 3</ 7</ 9</etc
                where() { [ "$1" = 0 ] || echo "number $2: $1"; }
                for fd in 0 3 4 5 6 7 8 9 10 11 12 13 14 15; do
                  b 'sh("ls /proc/self/cwd/") | .process.cwd = "/proc/self/fd/'$fd'"'
                  timeout 30 $RT run -b b --preserve-fds 1 $NAME </ 2>/dev/null; [ $? = 1 ] || echo "at $fd"
                done
                for path in /link /dir/link /proc/1/cwd/x/../../self/fd/0 /proc/self/fd/0/etc /proc/self/fd/0/made; do
                  ln -sf /proc/self/fd/0 r/link; mkdir -p r/dir; ln -sf ../proc/self/fd/0 r/dir/link
                  b 'sh("ls /proc/self/cwd/") | .process.cwd = "'$path'"'
                  timeout 30 $RT run -b b $NAME </ 2>/dev/null; [ $? = 1 ] || echo "at $path"
                done
                [ ! -e /made ] || echo made
                b 'sh("sleep 1000")'; $RT run -d -b b $NAME </dev/null >/dev/null
                for path in /link /dir/link /proc/self/fd/0 /proc/self/fd/3 /proc/self/fd/7 /proc/self/fd/9; do
                  timeout 30 $RT exec --preserve-fds 1 --cwd $path $NAME ls /proc/self/cwd/ </ 2>/dev/null; [ $? = 255 ] || echo "exec at $path: $?"
                done
                $RT exec --cwd /etc $NAME pwd; $RT delete -f $NAME
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("/etc\n");
  }

  @Test
  void leaksNoDescriptor() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; exec 7</ 9</etc
                b '.process.args = ["ls", "/proc/self/fd"]'; $RT run -b b $NAME </dev/null | tr '\\n' ' '
                b '.process.args = ["sleep", "1000"]'; $RT run -b b -d $NAME </dev/null >/dev/null
                for process in 1 self; do $RT exec $NAME ls /proc/$process/fd | tr '\\n' ' '; done
                $RT exec --preserve-fds 5 $NAME ls /proc/self/fd 8</ 2>/dev/null | tr '\\n' ' '; $RT delete -f $NAME
                """);

    // The last of ls is the directory that it reads.
    assertThat(brig.out()).as(brig.err()).isEqualTo("0 1 2 3 0 1 2 0 1 2 3 ");
  }

  /// CVE-2026-30892: what is no number is taken for 0, which is root.
  @Test
  void takesNoGarbageForAUser() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; b 'sh("sleep 1000") | .process.user = {uid: 5, gid: 6}'; $RT run -d -b b $NAME </dev/null >/dev/null
                for user in -1 0x0 1x ' 0' '0 ' garbage 4294967295 4294967296 18446744073709551616 0: :0 0:-1 0:x 0:0:0 +0 ٠; do
                  $RT exec -u "$user" $NAME id -u 2>/dev/null; [ $? = 255 ] || echo "took $user"
                done
                $RT exec -u 7:8 $NAME id -u; $RT exec $NAME id -u; $RT delete -f $NAME
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("7\n5\n");
  }

  @Test
  void takesNoPathForAnId() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; b 'sh("true")'; touch outside
                long=$(printf %256s | tr ' ' a)
                for id in ../x ../../x /abs "" . .. a/b a/../b 'a b' 'a
                b' 'a*' $long; do
                  timeout 30 $RT create -b b "$id" </dev/null 2>/dev/null; [ $? = 1 ] || echo "created $id"
                  for verb in start state kill 'delete -f' delete pause resume exec ps 'update --pids-limit 5' 'events --stats'; do
                    case "$verb $id" in "delete -f $long") continue ;; exec*) more=true ;; *) more= ;; esac
                    timeout 30 $RT $verb "$id" $more >/dev/null 2>&1; case $? in 1 | 255) ;; *) echo "$verb $id: $?" ;; esac
                  done
                done
                ls -A brig-state 2>/dev/null; ls -d x ../x /abs outside 2>/dev/null
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("outside\n");
  }

  @Test
  void showsNobodyElseItsState() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; rmdir brig-state; umask 0; b 'sh("true")'; $RT create -b b $NAME </dev/null
                other() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@" 2>/dev/null; }
                other ls rootfs >/dev/null && echo reaches the lab
                other ls brig-state; other ls brig-state/$NAME
                for file in brig-state/$NAME/*; do
                  other cat $file </dev/null; other sh -c ": >>$file"; stat -c %a $file
                done | sort -u
                find brig-state -perm /077 ! -type d; find brig-state -type d -perm /066; $RT delete -f $NAME
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("reaches the lab\n600\n");
  }

  @Test
  void keepsTheCallersKeysFromTheContainer() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; b '.process.args = ["attack", "keyring"]'
                timeout 30 $RT run -b b $NAME </dev/null | sed "s/$NAME/NAME/"
                timeout 30 $RT run --no-new-keyring -b b $NAME </dev/null >kept; rootfs/bin/attack keyring | cmp - kept && echo kept
                b 'sh("sleep 1000")'; $RT run -d -b b $NAME </dev/null >/dev/null
                $RT exec $NAME attack keyring | sed "s/$NAME/NAME/"; $RT delete -f $NAME
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("_ses.NAME\nkept\n_ses.NAME\n");
  }

  /// What the container has in the place of its terminals is not opened for exec.
  @Test
  void takesNoFileOfTheContainersForATerminal() throws IOException, InterruptedException {
    Brig.Ended brig =
        lab()
            .brig(
                """
                root; b 'sh("sleep 1000") | without("/dev/pts")'; $RT run -d -b b $NAME </dev/null >/dev/null
                attempt() { timeout 30 script -qec "$RT exec -t $NAME tty" /dev/null </dev/null >out; echo $?; }
                $RT exec $NAME sh -c 'mkdir /dev/pts; ln -s /proc/1/exe /dev/pts/ptmx'; attempt
                $RT exec $NAME sh -c 'rm /dev/pts/ptmx; mkfifo /dev/pts/ptmx'; attempt
                $RT exec $NAME sh -c 'rm -r /dev/pts; ln -s /proc/self/fd /dev/pts'; attempt
                $RT delete -f $NAME
                """);

    assertThat(brig.out()).as(brig.err()).isEqualTo("255\n255\n255\n");
  }
}
