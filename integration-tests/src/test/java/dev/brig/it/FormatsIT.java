package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/// Images on their way to others' tools and back.
@ResourceLock("podman's locks")
class FormatsIT {
  private static final Duration LIMIT = Duration.ofMinutes(4);

  /// What all scripts begin with: `$1` is a folder of the test's own, `$2` brig, `$3` an image.
  private static final String PRELUDE =
      """
      set -eu
      dir=$1 brig=$2 image=$3
      export BRIG_ROOT=$dir/brig
      # podman wants a short one.
      run=$(mktemp -d /tmp/brig.XXXXXX)
      trap 'rm -rf --one-file-system "$run"' EXIT
      flags="--storage-driver vfs --root $dir/store --runroot $run"
      podman() { command podman $flags --tmpdir $dir/tmp --cgroup-manager=cgroupfs --events-backend=none "$@"; }
      buildah() { command buildah $flags "$@"; }
      digest() { skopeo inspect --raw "$1" | sha256sum | cut -c 1-64; }
      is() { [ "$1" = "$2" ] || { echo "$3: $1 is not $2" >&2; exit 1; }; }
      mkdir -p "$dir" && cd "$dir"
      """;

  @TempDir static Path folder;

  @BeforeEach
  void needsRootAndTheOthers() throws IOException, InterruptedException {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    for (String tool : List.of("skopeo", "umoci", "podman", "buildah", "xz", "bzip2", "jq")) {
      Brig.Ended ended =
          Shell.ended(new ProcessBuilder("sh", "-c", "command -v \"$1\"", "-", tool));
      assumeTrue(ended.status() == 0, tool + " is missing");
    }
  }

  @AfterAll
  static void remove() throws IOException, InterruptedException {
    Shell.ended(
        new ProcessBuilder("sh", "-c", "rm -rf --one-file-system \"$1\"/*", "-", "" + folder));
  }

  private static void runs(String name, String image, String script)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            "-c",
            PRELUDE + script,
            "-",
            folder.resolve(name).toString(),
            Checkout.root().resolve("brig").toString(),
            image);
    builder.environment().put("TMPDIR", folder.toString());
    builder.redirectInput(Path.of("/dev/null").toFile());
    Brig.Ended ended = Shell.ended(builder, LIMIT);
    assertThat(ended.status()).as("%s%s", ended.out(), ended.err()).isZero();
  }

  @Test
  void theStoreIsALayoutThatOthersReadAsItLies() throws IOException, InterruptedException {
    runs(
        "store",
        Images.made("umoci"),
        """
        $brig import "$image" lab/store:1 >id
        layout=$BRIG_ROOT/images
        is "$(digest "oci:$layout:lab/store:1")" "$(digest "oci:$image:latest")" manifest
        is "$(skopeo inspect --config --raw "oci:$layout:lab/store:1" | sha256sum | cut -c 1-64)" "$(cat id)" id
        umoci unpack --image "$layout:lab/store:1" theirs
        grep -q three theirs/rootfs/data/replaced
        # And what umoci writes there, brig runs.
        umoci tag --image "$layout:lab/store:1" lab/umoci:2
        is "$($brig run --rm --entrypoint '' lab/umoci:2 cat /data/replaced)" three run
        """);
  }

  @Test
  void whatIsSavedIsReadByAllOthersWithItsDigests() throws IOException, InterruptedException {
    whatIsSavedIsReadByAllOthers("umoci");
  }

  @Test
  @Tag("thorough")
  void whatBuildahMadeIsReadByAllOthersWithItsDigests() throws IOException, InterruptedException {
    whatIsSavedIsReadByAllOthers("buildah");
  }

  private static void whatIsSavedIsReadByAllOthers(String name)
      throws IOException, InterruptedException {
    runs(
        "saved-" + name,
        Images.made(name),
        """
        id=$($brig import "$image" lab/saved:1)
        manifest=$(digest "oci:$image:latest")
        $brig save lab/saved:1 >docker.tar
        $brig save --format oci-archive -o oci.tar lab/saved:1
        $brig save --format oci-dir -o oci lab/saved:1
        $brig save --format docker-dir -o dir lab/saved:1
        is "$(digest oci-archive:oci.tar:lab/saved:1)" "$manifest" oci-archive
        is "$(digest oci-archive:docker.tar:lab/saved:1)" "$manifest" docker-archive
        is "$(digest oci:oci:lab/saved:1)" "$manifest" oci-dir
        is "$(digest dir:dir)" "$manifest" docker-dir
        skopeo copy -q docker-archive:docker.tar:lab/saved:1 oci:copied:x
        is "$(skopeo inspect --config --raw oci:copied:x | jq -c .rootfs)" \
          "$(skopeo inspect --config --raw "oci:$image:latest" | jq -c .rootfs)" layers
        umoci unpack --image oci:lab/saved:1 bundle 2>/dev/null
        podman load -q -i docker.tar >/dev/null
        is "$(podman image inspect --format '{{.Id}}' lab/saved:1)" "$id" podman
        podman load -q -i oci >/dev/null
        is "$(buildah pull -q oci-archive:oci.tar:lab/saved:1)" "$id" buildah
        # The same images make the same bytes.
        $brig save -o again.tar lab/saved:1
        cmp docker.tar again.tar
        """);
  }

  @Test
  void whatOthersSaveIsLoadedWithItsDigests() throws IOException, InterruptedException {
    runs(
        "loaded",
        Images.made("buildah"),
        """
        buildah pull -q "oci:$image:latest" >id
        podman tag "$(cat id)" localhost/lab/theirs:1 localhost/lab/more:2
        for format in docker-archive oci-archive oci-dir docker-dir; do
          podman save -q --format $format -o theirs.$format localhost/lab/theirs:1
          $brig load -i theirs.$format >out
          is "$($brig image inspect "$(sed 's/.*: //; s/^sha256://' out | head -n 1)" | jq -r '.[0].Id')" \
            "$(podman image inspect --format '{{.Id}}' localhost/lab/theirs:1)" $format
        done
        is "$($brig image inspect localhost/lab/theirs:1 | jq -r '.[0].Digest')" \
          "sha256:$(digest oci:theirs.oci-dir)" manifest
        podman save -q -m -o several.tar localhost/lab/theirs:1 localhost/lab/more:2
        $brig load -q <several.tar | sort >names
        is "$(cat names | tr '\n' ' ')" "localhost/lab/more:2 localhost/lab/theirs:1 " several
        skopeo copy -q "oci:$image:latest" docker-archive:skopeo.tar:lab/skopeo:1
        gzip -k skopeo.tar && bzip2 -k skopeo.tar && xz -k skopeo.tar
        for suffix in '' .gz .bz2 .xz; do
          is "$($brig load -i skopeo.tar$suffix)" 'Loaded image: docker.io/lab/skopeo:1' "skopeo$suffix"
        done
        buildah push -q "$(cat id)" docker-archive:buildah.tar:lab/buildah:1
        $brig load <buildah.tar >out
        is "$($brig run --rm lab/buildah:1)" third run
        skopeo copy -q --format v2s2 "oci:$image:latest" dir:v2s2
        $brig import v2s2 lab/v2s2 >id
        is "$($brig image inspect lab/v2s2 | jq -r '.[0].Digest')" "sha256:$(digest dir:v2s2)" v2s2
        """);
  }

  @Test
  void aRootFileSystemComesInAnyForm() throws IOException, InterruptedException {
    runs(
        "rootfs",
        Images.made("umoci"),
        """
        umoci unpack --image "$image:latest" bundle 2>/dev/null
        tar -C bundle/rootfs --numeric-owner --xattrs -cf root.tar .
        xz -0 -k root.tar && bzip2 -k root.tar && zstd -q root.tar && gzip -k root.tar
        half=$(($(stat -c %s root.tar) / 2 / 512 * 512))
        { head -c $half root.tar | gzip; tail -c +$((half + 1)) root.tar | gzip; } >members.tar.gz
        # As zstd:chunked ends: a table of contents in a frame that is passed over.
        { cat root.tar.zst; printf 'P*M\\030\\004\\000\\000\\000\\001\\002\\003\\004'; } >chunked.tar.zst
        id=$($brig import root.tar lab/root:plain)
        for form in root.tar.xz root.tar.bz2 root.tar.zst root.tar.gz members.tar.gz chunked.tar.zst; do
          is "$($brig import $form lab/root:$form)" "$id" $form
        done
        is "$($brig import - lab/root:stdin <root.tar)" "$id" stdin
        is "$(cat root.tar.xz | $brig import - lab/root:pipe)" "$id" pipe
        is "$(skopeo inspect "oci:$BRIG_ROOT/images:lab/root:root.tar.xz" | jq -r '.Layers | length')" 1 xz
        umoci unpack --image "$BRIG_ROOT/images:lab/root:root.tar.bz2" again 2>/dev/null
        is "$($brig run --rm lab/root:root.tar.xz cat /data/replaced)" three run
        ! $brig load -i root.tar 2>err
        grep -q 'brig import root.tar NAME' err
        """);
  }

  @Test
  void aDirectoryIsTakenAsItIs() throws IOException, InterruptedException {
    aDirectoryIsTakenAsItIs("torture");
  }

  @Test
  @Tag("thorough")
  void aPlainDirectoryIsTakenAsItIs() throws IOException, InterruptedException {
    aDirectoryIsTakenAsItIs("umoci");
  }

  private static void aDirectoryIsTakenAsItIs(String name)
      throws IOException, InterruptedException {
    runs(
        "directory-" + name,
        Images.made(name),
        """
        umoci unpack --image "$image:latest" bundle 2>/dev/null
        first=$($brig import bundle/rootfs lab/directory:1)
        is "$($brig import bundle/rootfs lab/directory:2)" "$first" again
        umoci unpack --image "$BRIG_ROOT/images:lab/directory:1" copied 2>/dev/null
        """);

    Path place = folder.resolve("directory-" + name);
    Trees.same(Trees.listing(place + "/bundle/rootfs"), Trees.listing(place + "/copied/rootfs"));
  }

  @Test
  void namesHistoryAndInspectAreThoseThatOthersSee() throws IOException, InterruptedException {
    runs(
        "names",
        Images.made("umoci"),
        """
        $brig import "$image" lab/names:1 >id
        $brig tag lab/names:1 lab/names:2 other
        is "$($brig image inspect "$(cat id)" | jq -c '.[0].RepoTags')" \
          '["lab/names:1","lab/names:2","other:latest"]' tags
        $brig image inspect lab/names:1 | jq -S '.[0].Config' >ours
        skopeo inspect --config --raw "oci:$image:latest" | jq -S .config | cmp - ours
        $brig image inspect lab/names:1 | jq -S '.[0].History' >ours
        skopeo inspect --config --raw "oci:$image:latest" | jq -S .history | cmp - ours
        $brig image inspect lab/names:1 | jq -c '.[0].RootFS.Layers' >ours
        skopeo inspect --config --raw "oci:$image:latest" | jq -c .rootfs.diff_ids | cmp - ours
        is "$($brig history --json lab/names:1 | jq length)" "$(jq 'length' <<X
        $(skopeo inspect --config --raw "oci:$image:latest" | jq -c .history)
        X
        )" history
        $brig untag other other lab/names:2
        is "$($brig images --json | jq -r '[.[].name] | join(" ")' | tr ' ' '\n' | grep -c '^lab/names:1$')" 1 untag
        ! $brig untag lab/names:1 nosuch 2>/dev/null
        $brig untag lab/names:1
        is "$($brig run --rm --entrypoint '' "$(cat id)" cat /data/replaced)" three run
        """);
  }

  @Test
  void anArchiveIsNotWrittenToATerminal() throws IOException, InterruptedException {
    runs(
        "terminal",
        Images.made("umoci"),
        """
        $brig import "$image" lab/terminal:1 >/dev/null
        ! script -qec "$brig save lab/terminal:1" out >/dev/null
        grep -q 'it is a terminal' out
        ! $brig save --format nosuch lab/terminal:1 2>/dev/null
        ! $brig save --format oci-dir lab/terminal:1 2>/dev/null
        ! $brig save -o missing/x.tar lab/terminal:1 2>/dev/null
        ! $brig save -o x.tar lab/nosuch 2>/dev/null
        [ ! -e x.tar ]
        """);
  }

  @Test
  void theImageForAnotherMachineIsTakenWhenAsked() throws IOException, InterruptedException {
    runs(
        "platform",
        Images.made("umoci"),
        """
        umoci init --layout many
        for arch in amd64 arm64 s390x; do
          skopeo copy -q "oci:$image:latest" oci:$arch:x
          umoci config --image $arch:x --architecture $arch --os linux
          cp -r $arch/blobs many/
          jq -c --arg arch $arch '.manifests[0] | del(.annotations) | .platform = {os: "linux", architecture: $arch}' \
            $arch/index.json >>manifests
        done
        jq -cs '{schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests: .}' manifests >list
        hex=$(sha256sum list | cut -c 1-64)
        cp list many/blobs/sha256/$hex
        printf '{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json",' >many/index.json
        printf '"digest":"sha256:%s","size":%s,"annotations":{"org.opencontainers.image.ref.name":"x"}}]}' \
          $hex $(stat -c %s list) >>many/index.json
        $brig import many:x lab/many:here >/dev/null
        is "$($brig image inspect lab/many:here | jq -r '.[0].Architecture')" \
          "$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')" here
        $brig import --platform linux/s390x many:x lab/many:there >/dev/null
        is "$($brig image inspect lab/many:there | jq -r '.[0].Architecture')" s390x there
        ! $brig import --platform linux/riscv64 many:x lab/many:nowhere 2>err
        grep -q 'it has images for linux/amd64, linux/arm64, linux/s390x' err
        """);
  }
}
