package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same build file, built by buildah and by brig, unpacked by umoci and compared entry by
/// entry.
///
/// What may differ: the places for mounts that buildah leaves in an image (`/proc`, `/etc/hosts`
/// and the like), the root directory itself, buildah's own label, how many layers there are, and
/// the wording of the history.
class BuildPeersIT {
  private static final String FILE =
      """
      FROM scratch AS base
      COPY busybox /bin/busybox
      RUN ["/bin/busybox", "--install", "-s", "/bin"]
      FROM base AS tools
      ARG NAME=nobody
      RUN mkdir /made; cd /made; echo "$NAME" >name; ln name hard; chown 6:7 name; chmod 4711 name
      FROM base
      ARG WHERE
      ENV A=1 B="two words" C=$WHERE
      ENV D ${A}x${E:-none}
      RUN mkdir -p /ex /usr/lib2 && chmod 750 /ex && chown 5:5 /ex && ln -s /usr/lib2 /lib
      COPY d /ex
      COPY d /newd
      COPY d/f /deep/a/
      COPY --chown=9:9 d/f /deep2/b/
      COPY toplink /t1
      COPY dirlink /t2/
      COPY d/f /lib
      COPY --chmod=600 d /chm
      COPY *.txt d/s* /globbed/
      ADD a.tar.gz /added/
      ADD plain.gz /plain/
      COPY --from=tools /made/ /from/
      COPY . /all
      RUN rm -r /newd/sub && rm /t1 && mkdir /newd/sub && echo new >/newd/sub/n
      WORKDIR /wd/x
      WORKDIR y
      COPY d/f rel
      USER 3:4
      EXPOSE 80 53/udp
      VOLUME /data
      LABEL one=1 two="a b"
      STOPSIGNAL SIGUSR1
      SHELL ["/bin/sh", "-ec"]
      HEALTHCHECK --interval=30s --retries=3 CMD test -e /wd
      ONBUILD RUN echo heir
      ENTRYPOINT ["/bin/sh"]
      CMD ["-c", "id"]
      """;

  private static final String CONTEXT =
      """
      cd "$1" && cp /usr/bin/busybox . && mkdir -p d/sub d/secret && echo f >d/f && echo g >d/sub/g
      echo a >a.txt && echo b >b.txt && echo no >d/secret/key && ln -s f d/lnk && ln -s d/f toplink
      ln -s d dirlink && chmod 700 d && chmod 711 d/sub && chown -R 7:8 d && chmod 2755 d/f
      setfattr -n user.note -v kept d/f || true
      tar -czf a.tar.gz d && gzip -c a.txt >plain.gz
      printf '%s\\n' '# not these' 'd/secret' '**/*.bak' '!keep.bak' >.dockerignore
      echo x >drop.bak && echo y >keep.bak
      """;

  /// Builds with buildah in a mount namespace of its own, and copies the image into a layout.
  private static final String BUILDAH =
      """
      b() { command=$1; shift; buildah --root "$folder/s" --runroot "$folder/r" \
        --storage-driver vfs $command "$@"; }
      folder=$1
      b bud --isolation chroot --format docker --timestamp 1600000000 --build-arg NAME=given \
        --build-arg WHERE=here -t peer "$2" >/dev/null || exit
      b inspect --type image peer | jq -S .Docker.config >"$folder/theirs.json"
      b push peer "oci:$folder/theirs:t" >/dev/null
      """;

  private static final String UNPACK =
      """
      cd "$1" && skopeo copy -q oci:brig/images:peer:latest oci:ours:t &&
      umoci unpack --image ours:t b1 >/dev/null && umoci unpack --image theirs:t b2 >/dev/null
      d=$(jq -r .manifests[0].digest ours/index.json) && c=$(jq -r .config.digest \
        ours/blobs/sha256/${d#*:}) && jq -S .config ours/blobs/sha256/${c#*:} >ours.json
      """;

  private static final String LIST =
      """
      cd "$1" && export LC_ALL=C || exit
      entries() {
        find . -mindepth 1 \\( -path ./proc -o -path ./sys -o -path ./dev -o -path ./run \\) -prune -o \
          ! -path ./etc ! -path ./etc/hosts ! -path ./etc/hostname ! -path ./etc/resolv.conf "$@"
      }
      entries ! -type d -exec stat -c '%i %N %f %u:%g %.9Y %s %t:%T' {} + | sort -k 2 |
        awk '!($1 in number) { number[$1] = ++count } { $1 = number[$1]; print }'
      entries -type d -exec stat -c '%N %f %u:%g %.9Y' {} + | sort
      entries -exec getfattr -d -m - -e hex -h {} + |
        awk '/^# file: / { name = $0; next } /./ { print name, $0 }' | sort
      entries -type f -exec sha256sum {} + | sort -k 2
      """;

  @TempDir Path folder;

  @BeforeEach
  void needsPeers() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    for (String tool : List.of("buildah", "umoci", "skopeo", "busybox", "jq", "getfattr")) {
      assumeTrue(Files.exists(Path.of("/usr/bin", tool)), "needs " + tool);
    }
  }

  @AfterEach
  void remove() throws IOException, InterruptedException {
    shell("rm -rf --one-file-system \"$1\"/*", folder.toString());
  }

  private static Brig.Ended shell(String script, String... words)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("unshare", "-m", "sh", "-c", script, "-");
    builder.command().addAll(List.of(words));
    return Shell.ended(builder, Duration.ofMinutes(4));
  }

  private static String good(String script, String... words)
      throws IOException, InterruptedException {
    Brig.Ended ended = shell(script, words);
    assertThat(ended.status()).as(ended.err()).isZero();
    return ended.out();
  }

  @Test
  void makesTheTreeAndTheConfigurationThatBuildahMakes() throws IOException, InterruptedException {
    Path context = Files.createDirectory(folder.resolve("context"));
    good(CONTEXT, context.toString());
    Files.writeString(context.resolve("Containerfile"), FILE);
    good(BUILDAH, folder.toString(), context.toString());

    Brig.Ended ours =
        Brig.in(folder.resolve("brig"))
            .within(Duration.ofMinutes(2))
            .run(
                "build",
                "--timestamp",
                "1600000000",
                "--build-arg",
                "NAME=given",
                "--build-arg",
                "WHERE=here",
                "-t",
                "peer",
                context.toString());

    assertThat(ours.status()).as(ours.err()).isZero();
    good(UNPACK, folder.toString());
    String theirTree = good(LIST, folder.resolve("b2/rootfs").toString());
    assertThat(theirTree.lines()).hasSizeGreaterThan(100);
    assertThat(good(LIST, folder.resolve("b1/rootfs").toString()).lines())
        .containsExactlyElementsOf(theirTree.lines().toList());
    String config =
        "jq -S 'del(.Labels[\"io.buildah.version\"]) | del(.. | select(. == null or . == \"\" or"
            + " . == [] or . == false)) | del(.Hostname, .Domainname, .Image)' \"$1\"";
    assertThat(good(config, folder.resolve("ours.json").toString()))
        .isEqualTo(good(config, folder.resolve("theirs.json").toString()));
  }
}
