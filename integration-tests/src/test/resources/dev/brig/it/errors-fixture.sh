#!/bin/sh
# Makes, in the working directory, a root full of programs that can't run, and damaged files.
set -e
mkdir -p root/bin root/etc root/dir root/locked/in
cp /bin/busybox root/bin/sh
cp /bin/busybox root/bin/true
cp /usr/bin/jq root/bin/dynamic
echo 'root:x:0:0::/:/bin/sh' > root/etc/passwd
echo 'root:x:0:' > root/etc/group
printf '#!/opt/lang/bin/run\n' > root/bin/script
printf '#!/bin/sh\r\necho hi\r\n' > root/bin/crlf
printf '#!\n' > root/bin/nameless
printf 'echo hi\n' > root/bin/plain
: > root/bin/empty
head -c 30 /bin/busybox > root/bin/cut
# e_machine is 183, aarch64; elf(5).
{ head -c 18 /bin/busybox; printf '\267\000'; tail -c +21 /bin/busybox | head -c 4000; } > root/bin/foreign
cp /bin/busybox root/locked/in/program
chmod +x root/bin/*
printf '#!/bin/sh\n' > root/bin/unset
chmod 644 root/bin/unset
chmod 700 root/locked
ln -s loop2 root/bin/loop1
ln -s loop1 root/bin/loop2
ln -s /nowhere root/bin/dangling
tar --sort=name -cf whole.tar -C root .
head -c 30000 whole.tar > cut.tar
gzip -c whole.tar | head -c 30000 > cut.tar.gz
printf garbage > garbage.tar
mkdir layout
echo '{"imageLayoutVersion":"1.0.0"}' > layout/oci-layout
echo '{x' > layout/index.json
echo '{bad' > broken.json
echo '{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["opennat"],"action":"SCMP_ACT_ERRNO"}]}' > unknown.json
