package dev.brig.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `brig build` as its users meet it.
class BuildIT {
  private static final String BUSYBOX =
      """
      FROM scratch AS busybox
      COPY busybox /bin/busybox
      RUN ["/bin/busybox", "--install", "-s", "/bin"]
      """;

  @TempDir static Path shared;
  @TempDir Path folder;

  private Brig brig;
  private Path context;

  /// The state that most tests begin with: it has what all of them begin their images with.
  @BeforeAll
  static void buildBusybox() throws IOException, InterruptedException {
    needsRootAndBusybox();
    Path begun = Files.createDirectory(shared.resolve("context"));
    shell("cp /usr/bin/busybox \"$1\"", begun.toString());
    Files.writeString(begun.resolve("Containerfile"), BUSYBOX);
    Brig.Ended ended =
        Brig.in(shared.resolve("brig"))
            .within(Duration.ofMinutes(2))
            .run("build", "-q", begun.toString());
    assertThat(ended.status()).as(ended.err()).isZero();
  }

  @AfterAll
  static void removeShared() throws IOException, InterruptedException {
    shell("rm -rf --one-file-system \"$1\"/*", shared.toString());
  }

  private static void needsRootAndBusybox() {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Files.exists(Path.of("/usr/bin/busybox")), "needs busybox-static");
  }

  @BeforeEach
  void prepare() throws IOException, InterruptedException {
    needsRootAndBusybox();
    shell("cp -a \"$1/brig\" \"$2\"", shared.toString(), folder.toString());
    brig = Brig.in(folder.resolve("brig")).within(Duration.ofMinutes(2));
    context = folder.resolve("context");
    shell("mkdir \"$1\" && cp /usr/bin/busybox \"$1\"", context.toString());
  }

  /// JUnit would warn of each link in an image's root.
  @AfterEach
  void remove() throws IOException, InterruptedException {
    shell("rm -rf --one-file-system \"$1\"/*", folder.toString());
  }

  private static Brig.Ended shell(String script, String... words)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("sh", "-c", script, "-");
    builder.command().addAll(List.of(words));
    return Shell.ended(builder, Duration.ofMinutes(2));
  }

  private void write(String file, String text) throws IOException {
    Path path = context.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Brig.Ended build(String text, String... options)
      throws IOException, InterruptedException {
    write("Containerfile", text);
    List<String> words = new ArrayList<>(List.of("build"));
    words.addAll(List.of(options));
    words.add(context.toString());
    return brig.run(words.toArray(String[]::new));
  }

  /// Builds an image, which must succeed, and returns its id.
  private String built(String text, String... options) throws IOException, InterruptedException {
    Brig.Ended ended = build(text, options);
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).matches("[0-9a-f]{64}\n");
    return ended.out().strip();
  }

  private String inside(String image, String script) throws IOException, InterruptedException {
    Brig.Ended ended = brig.run("run", "--rm", image, "/bin/sh", "-c", script);
    assertThat(ended.status()).as(ended.err()).isZero();
    return ended.out();
  }

  private void nothingIsLeft() throws IOException, InterruptedException {
    assertThat(brig.run("ps", "-a", "-q").out()).isEmpty();
    Path root = folder.resolve("brig");
    for (String place : List.of("containers", "run/containers", "images/tmp", "build-mounts")) {
      if (Files.exists(root.resolve(place))) {
        try (Stream<Path> left = Files.list(root.resolve(place))) {
          assertThat(left).as(place).isEmpty();
        }
      }
    }
  }

  @Test
  void buildsInStagesWithArgumentsAndDocuments() throws IOException, InterruptedException {
    write("src/a.txt", "a\n");
    write("src/skip.log", "no\n");
    write(".containerignore", "**/*.log\n");
    String text =
        "ARG BASE=busybox\n"
            + BUSYBOX
            + """
            FROM $BASE AS made
            ARG WHAT=default
            RUN <<EOF
            set -e
            echo "$WHAT" >/what
            mkdir -p /out/sub && ln -s ../what /out/link
            EOF
            FROM busybox
            WORKDIR /app
            COPY src/ .
            COPY --from=made --chown=5:6 /out /what ./
            COPY <<one.txt <<-"TWO" /app/
            one $PATH
            one.txt
            \ttwo $PATH
            \tTWO
            USER 7:8
            RUN id -u >/tmp.txt 2>/dev/null || true
            ENTRYPOINT ["/bin/sh", "-c"]
            CMD ["id -u; pwd"]
            """;

    String id = built(text, "-t", "lab/app:2", "-t", "other", "--build-arg", "WHAT=given word");

    assertThat(brig.run("run", "--rm", "lab/app:2").out()).isEqualTo("7\n/app\n");
    assertThat(brig.run("images", "-q", "--no-trunc").out()).contains(id);
    Brig.Ended listed =
        brig.run(
            "run", "--rm", "other", "cd /app; ls -ln | cut -c1-30,56-; cat what one.txt TWO a.txt");
    assertThat(listed.out())
        .contains("given word")
        .contains("one /usr/local/sbin:")
        .contains("two $PATH")
        .endsWith("a\n")
        .doesNotContain("skip.log");
    nothingIsLeft();
  }

  @Test
  void doesNotDoAgainWhatWasDone() throws IOException, InterruptedException {
    write("a", "1\n");
    write("b", "1\n");
    String text =
        BUSYBOX + "ARG V=1\nCOPY a /a\nRUN echo $V; cat /a >/c\nCOPY b /b\nRUN cat /b >/d\n";
    String first = built(text, "-t", "x");

    assertThat(build(text, "-t", "x").out().strip()).isEqualTo(first);
    assertThat(cached(text)).isEqualTo(6);
    shell("touch \"$1\"/a", context.toString());
    assertThat(cached(text)).as("another time").isEqualTo(6);
    write("b", "2\n");
    assertThat(cached(text)).as("another content").isEqualTo(4);
    assertThat(cached(text, "--build-arg", "V=2")).as("another argument").isEqualTo(3);
    shell("chmod 600 \"$1\"/a", context.toString());
    assertThat(cached(text)).as("another mode").isEqualTo(2);
    assertThat(cached(text, "--no-cache")).isZero();
    assertThat(inside("x", "cat /b")).isEqualTo("2\n");
    nothingIsLeft();
  }

  private int cached(String text, String... options) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("-t", "x"));
    all.addAll(List.of(options));
    Brig.Ended ended = build(text, all.toArray(String[]::new));
    assertThat(ended.status()).as(ended.err()).isZero();
    return ended.err().split("Using cache", -1).length - 1;
  }

  @Test
  void goesOnWhereABuildFailed() throws IOException, InterruptedException {
    String text = BUSYBOX + "RUN echo one >/one\nRUN false\n";

    Brig.Ended failed = build(text);

    assertThat(failed.status()).isEqualTo(125);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err())
        .contains("brig: Containerfile:5: RUN false: exit status 1")
        .contains("a build has no network");
    nothingIsLeft();
    assertThat(build(text.replace("false", "true")).err().split("Using cache", -1)).hasSize(4);
  }

  @Test
  void makesTheSameImageFromTheSameFiles() throws IOException, InterruptedException {
    shell(
        "cd \"$1\" && mkdir d && echo x >d/x && ln d/x d/y && tar -cf a.tar d", context.toString());
    String text =
        BUSYBOX
            + "COPY d /d\nADD a.tar /t/\nWORKDIR /w/x\nRUN date >/dev/null; mkdir /r; echo r >/r/f;"
            + " rm /bin/cat; ln /r/f /r/g; mkfifo /r/p\nRUN rm -r /d && mkdir /d && echo n >/d/n\n";
    String first = built(text, "--timestamp", "1600000000", "--no-cache", "-t", "x");
    brig = Brig.in(folder.resolve("brig2")).within(Duration.ofMinutes(2));
    shell(
        "sleep 1.1; touch \"$1\"/d/x; cp -r \"$1\"/d \"$1\"/e; rm -r \"$1\"/e", context.toString());

    String second = built(text, "--timestamp", "1600000000", "--no-cache", "-t", "x");

    assertThat(second).isEqualTo(first);
    assertThat(inside("x", "stat -c %Y /d /r/f /w/x; ls /d; ls /bin/cat 2>&1 | wc -l"))
        .isEqualTo("1600000000\n1600000000\n1600000000\nn\n1\n");
  }

  @Test
  void keepsSecretsAndCachesOutOfTheImage() throws IOException, InterruptedException {
    write("token", "s3cr3t-token\n");
    String text =
        BUSYBOX
            + "RUN --mount=type=secret,id=t,required=true cat /run/secrets/t | wc -c >/length\n"
            + "RUN --mount=type=cache,target=/var/c echo x >>/var/c/f; wc -l </var/c/f >/lines\n"
            + "RUN --mount=target=/src,rw --mount=type=tmpfs,target=/t cp /src/token /t/ &&"
            + " echo more >>/src/token && ls /src >/seen\n";

    Brig.Ended without = build(text);
    assertThat(without.status()).isEqualTo(125);
    assertThat(without.err()).contains("Containerfile:4: there is no secret");
    String secret = "id=t,src=" + context.resolve("token");
    built(text, "--secret", secret, "-t", "x");
    built(text, "--secret", secret, "-t", "x", "--no-cache");

    assertThat(inside("x", "cat /length /lines; ls -d /run/secrets /src /t /var/c 2>&1 | wc -l"))
        .isEqualTo("13\n2\n4\n");
    assertThat(inside("x", "cat /seen")).contains("token");
    assertThat(Files.readString(context.resolve("token"))).isEqualTo("s3cr3t-token\n");
    Brig.Ended found =
        shell(
            "cd \"$1\" && for blob in blobs/sha256/*; do zcat -f $blob; done | grep -c s3cr3t",
            folder.resolve("brig/images").toString());
    assertThat(found.out()).isEqualTo("0\n");
    nothingIsLeft();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = "  =>  ",
      value = {
        "COPY ../outside /x  =>  leads out of the context",
        "COPY escape /x  =>  there is no \"escape\"",
        "COPY up /x  =>  there is no \"up\"",
        "COPY dir-out/passwd /x  =>  there is no \"dir-out/passwd\"",
        "COPY sub/../../outside /x  =>  leads out of the context",
        "FRM x  =>  unknown instruction FRM",
        "RUN nothing-of-this-name  =>  exit status 127",
        "USER nobody-knows\\nRUN true  =>  has no user",
        "FROM ./nothing-stored.tar  =>  there is no such file",
        "FROM host  =>  no image that another one can begin with",
        "COPY --from=nowhere a b  =>  no stage before this one",
        "ADD bad.tar /x/  =>  Containerfile:4: ADD: path",
      })
  void refusesInOneLineAndLeavesNothing(String line, String finding)
      throws IOException, InterruptedException {
    shell(
        "cd \"$1\" && ln -s /etc/passwd escape && ln -s ../../../../etc/passwd up &&"
            + " ln -s /etc dir-out && mkdir sub && echo o >../outside && echo x >x &&"
            + " tar -cPf bad.tar --transform 's,^x,../../../x,' x",
        context.toString());

    Brig.Ended ended = build(BUSYBOX + line.replace("\\n", "\n") + "\n");

    assertThat(ended.status()).isEqualTo(125);
    assertThat(ended.err()).contains("brig: ").contains("Containerfile:").contains(finding);
    assertThat(ended.err()).doesNotContain("\tat ");
    assertThat(ended.out()).isEmpty();
    nothingIsLeft();
  }

  @Test
  void copiesLinksAndFifosAsTheyAre() throws IOException, InterruptedException {
    shell(
        "cd \"$1\" && mkdir d && cd d && ln -s /etc/passwd escape && mkfifo p && mknod n c 1 3 &&"
            + " truncate -s 200M huge && python3 -c 'import socket; s = socket.socket(1);"
            + " s.bind(\"s\")'",
        context.toString());

    built(BUSYBOX + "COPY d /d\n", "-t", "x");

    assertThat(inside("x", "cd /d; stat -c '%n %F %s' *; readlink escape"))
        .isEqualTo(
            """
            escape symbolic link 11
            huge regular file 209715200
            n character special file 0
            p fifo 0
            /etc/passwd
            """);
  }

  @Test
  void takesAContextAndABuildFileFromStandardInput() throws IOException, InterruptedException {
    write("sub/f", "f\n");
    write("Containerfile", BUSYBOX + "COPY sub /s\n");
    Brig.Ended piped =
        brig.under("sh", "-c", "tar -C " + context + " -c . | \"$@\"", "-")
            .run("build", "-q", "-t", "x", "-");
    assertThat(piped.err()).isEmpty();
    assertThat(inside("x", "cat /s/f")).isEqualTo("f\n");

    Brig.Ended file =
        brig.reading(BUSYBOX + "COPY sub/f /g\n")
            .run("build", "-q", "-f", "-", "-t", "y", context.toString());

    assertThat(file.err()).isEmpty();
    assertThat(inside("y", "cat /g")).isEqualTo("f\n");
    nothingIsLeft();
  }

  @Test
  void makesOneLayerWhenAsked() throws IOException, InterruptedException {
    String text = BUSYBOX + "FROM busybox\nRUN echo a >/a\nRUN rm /bin/cat && echo b >/b\n";
    built(BUSYBOX, "-t", "base");
    built(text, "-t", "x", "--squash-all");
    built("FROM base\nRUN echo a >/a\nRUN rm /bin/cat && echo b >/b\n", "-t", "y", "--squash");

    String layers =
        shell(
                "cd \"$1\" && for name in x y; do d=$(jq -r --arg n $name:latest '.manifests[] |"
                    + " select(.annotations[\"org.opencontainers.image.ref.name\"] == $n).digest'"
                    + " index.json); jq '.layers | length' blobs/sha256/${d#*:}; done",
                folder.resolve("brig/images").toString())
            .out();
    assertThat(layers).isEqualTo("1\n3\n");
    for (String name : List.of("x", "y")) {
      assertThat(inside(name, "echo $(wc -c </a) $(wc -c </b); ls /bin/cat 2>&1 | wc -l"))
          .isEqualTo("2 2\n1\n");
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143", "KILL, 137"})
  void leavesNothingWhenItIsEnded(String signal, int status)
      throws IOException, InterruptedException {
    write("Containerfile", BUSYBOX + "RUN touch /made && echo begun && sleep 300\n");
    Path err = folder.resolve("err");
    ProcessBuilder builder = brig.builder("build", context.toString());
    // Who starts the tests in the background may have them ignore SIGINT.
    builder.command().addAll(0, List.of("env", "--default-signal=INT"));
    Process process = builder.redirectError(err.toFile()).start();
    while (!Files.readString(err).contains("begun\n")) {
      assertThat(process.waitFor(20, TimeUnit.MILLISECONDS)).as(Files.readString(err)).isFalse();
    }

    shell("kill -" + signal + " $1", Long.toString(process.pid()));

    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(status);
    brig.run("ps");
    nothingLives();
    assertThat(build(BUSYBOX).status()).isZero();
    nothingIsLeft();
  }

  private static void nothingLives() throws IOException, InterruptedException {
    assertThat(shell("pgrep -f '^sleep 300$'").out()).isEmpty();
  }

  @Test
  void doesWhatAnImageAsksOfItsHeirs() throws IOException, InterruptedException {
    built(BUSYBOX + "ONBUILD ARG W=w\nONBUILD RUN echo $W >/w\nCMD [\"cat\", \"/w\"]\n", "-t", "p");

    built("FROM p\nARG W\nCOPY busybox /b\n", "-t", "x", "--build-arg", "W=heir");

    assertThat(brig.run("run", "--rm", "x").out()).isEqualTo("heir\n");
  }
}
