#!/bin/sh
# Makes, in the working directory, a root with busybox's programs and some files to copy, and an
# image that declares a volume.
set -e
mkdir -p root/bin root/etc root/data/sub/deep root/tmp root/srv host
cp /bin/busybox root/bin/busybox
for applet in sh ls cat stat mount touch id env grep sed awk head tail sort find readlink pwd hostname \
  echo true false sleep wc od tr ps kill mkdir ln cmp dd df uname umask test; do
  ln -s busybox root/bin/$applet
done
printf 'root:x:0:0::/root:/bin/sh\napp:x:101:102::/srv:/bin/sh\n' > root/etc/passwd
printf 'root:x:0:\nstaff:x:50:\napp:x:102:\naudio:x:29:app\n' > root/etc/group
printf 'first\n' > root/data/file
printf 'deep\n' > root/data/sub/deep/file
: > root/data/empty
head -c 300000 /dev/zero | tr '\0' x > root/data/large
ln -s sub/deep/file root/data/link
ln -s /nowhere root/data/dangling
mkfifo root/data/fifo
chown -h 101:102 root/data root/data/file root/data/link
chmod 2750 root/data/sub
chmod 4711 root/data/file
chmod 0700 root/data
touch -h -d '2001-02-03 04:05:06.7 UTC' root/data/file root/data/link root/data/fifo root/data/sub/deep root/data/sub
touch -d '2002-03-04 05:06:07 UTC' root/data
printf 'host file\n' > host/file
ln -s / root/escape
printf 'A=1\n# comment\nB=two words\nHOME\n' > vars.env
printf 'one=1\n' > labels
# A docker-archive of the root, with a volume.
mkdir archive
tar --sort=name -cf archive/layer.tar -C root .
digest=$(sha256sum archive/layer.tar | cut -d' ' -f1)
printf '{"architecture":"amd64","os":"linux","config":{"Cmd":["/bin/sh"],"Env":["FROM_IMAGE=yes","PATH=/bin"],"Volumes":{"/data":{}}},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
  "$digest" > archive/config.json
printf '[{"Config":"config.json","RepoTags":["app:1"],"Layers":["layer.tar"]}]' > archive/manifest.json
tar -cf app.tar -C archive manifest.json config.json layer.tar
