package dev.brig.image.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brig.image.Platform;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageEvaluatorTest {
  private static final Platform PLATFORM = new Platform("linux", "arm64", "v8");

  private final List<Step> steps = new ArrayList<>();

  private ConfigDraft evaluate(String text, Variables given) {
    BuildFile file = BuildFile.parse("Containerfile", text);
    BuildArguments arguments = new BuildArguments(given, PLATFORM);
    StageEvaluator evaluator =
        new StageEvaluator(
            arguments,
            arguments.global(file),
            ConfigDraft.scratch(PLATFORM),
            Variables.none(),
            file.escape());
    for (Instruction instruction : file.stages().getLast().instructions()) {
      steps.add(evaluator.next(instruction));
    }
    return evaluator.config();
  }

  private static String text(ConfigDraft config) {
    return new String(config.document("1970-01-01T00:00:00Z"), StandardCharsets.UTF_8);
  }

  @Test
  void keepsArgumentsInTheirStageAndOutOfTheImage() {
    ConfigDraft config =
        evaluate(
            """
            ARG G=global
            ARG H=h
            FROM x
            ARG G
            ARG L=local
            ARG U
            ENV A=$G-$L-$H-$U
            ARG TARGETARCH
            ENV T=$TARGETARCH
            RUN x
            """,
            Variables.none().with("L", "given").with("http_proxy", "p"));

    assertThat(config.list("Env"))
        .contains("A=global-given--", "T=arm64")
        .doesNotContain("G=global");
    Step.Run run = (Step.Run) steps.getLast();
    assertThat(run.context().environment())
        .contains("http_proxy=p", "G=global", "L=given", "A=global-given--");
    assertThat(run.context().keyed()).contains("G=global").doesNotContain("http_proxy=p");
  }

  @Test
  void letsEnvWinOverArg() {
    ConfigDraft config =
        evaluate("FROM x\nARG A=arg\nENV A=env\nENV B=$A\n", Variables.none().with("A", "given"));

    assertThat(config.list("Env")).contains("B=env");
  }

  @Test
  void seesVariablesAsTheyWereBeforeTheInstruction() {
    ConfigDraft config = evaluate("FROM x\nENV a=1\nENV a=2 b=$a\nENV c=$a\n", Variables.none());

    assertThat(config.list("Env")).contains("a=2", "b=1", "c=2");
  }

  @Test
  void writesEveryInstructionIntoTheConfiguration() {
    ConfigDraft config =
        evaluate(
            """
            FROM x
            ENV D=/data
            USER u:g
            WORKDIR /a
            WORKDIR b/../c
            EXPOSE 80 53/udp 8000-8001
            VOLUME $D ["x"]
            LABEL one=1 "two words"="a b"
            STOPSIGNAL SIGUSR1
            SHELL ["/bin/bash", "-e", "-c"]
            CMD echo "$HOME"
            HEALTHCHECK --retries=2 CMD test -e x
            ONBUILD RUN y
            MAINTAINER me
            """,
            Variables.none());

    assertThat(text(config))
        .isEqualTo(
            """
            {"created":"1970-01-01T00:00:00Z","author":"me","architecture":"arm64","variant":"v8",\
            "os":"linux","config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:\
            /sbin:/bin","D=/data"],"User":"u:g","WorkingDir":"/a/c","ExposedPorts":{"80/tcp":{},\
            "53/udp":{},"8000/tcp":{},"8001/tcp":{}},"Volumes":{"/data":{},"[x]":{}},"Labels":{\
            "one":"1","two words":"a b"},"StopSignal":"SIGUSR1","Shell":["/bin/bash","-e","-c"],\
            "Cmd":["/bin/bash","-e","-c","echo \\"$HOME\\""],"Healthcheck":{"Test":["CMD-SHELL",\
            "test -e x"],"Retries":2},"OnBuild":["RUN y"]},"rootfs":{"type":"layers",\
            "diff_ids":[]}}\
            """);
  }

  @Test
  void dropsTheBasesCommandForANewEntryPoint() {
    byte[] base = "{\"config\":{\"Cmd\":[\"old\"]}}".getBytes(StandardCharsets.UTF_8);
    BuildFile file = BuildFile.parse("f", "FROM x\nENTRYPOINT [\"e\"]\n");
    StageEvaluator evaluator =
        new StageEvaluator(
            new BuildArguments(Variables.none(), PLATFORM),
            Variables.none(),
            ConfigDraft.of(base, "base"),
            Variables.none(),
            '\\');

    var _ = evaluator.next(file.stages().getFirst().instructions().getFirst());

    assertThat(evaluator.config().list("Cmd")).isEmpty();
    assertThat(evaluator.config().list("Entrypoint")).containsExactly("e");
  }

  @Test
  void readsMounts() {
    var _ =
        evaluate(
            "FROM x\nWORKDIR /w\nARG D=cache\nRUN --mount=type=cache,target=$D,sharing=locked"
                + " --mount=type=secret,id=s --mount=target=/src,rw --mount=type=tmpfs,dst=/t x\n",
            Variables.none());

    Step.Run run = (Step.Run) steps.getLast();
    assertThat(run.mounts())
        .extracting(RunMount::target)
        .containsExactly("/w/cache", "/run/secrets/s", "/src", "/t");
  }

  @Test
  void refusesWhatDoesNotMakeSense() {
    assertThatThrownBy(() -> evaluate("FROM x\nEXPOSE 70000\n", Variables.none()))
        .hasMessageContaining("Containerfile:2: EXPOSE 70000");
    assertThatThrownBy(() -> evaluate("FROM x\nRUN --mount=type=ssh x\n", Variables.none()))
        .hasMessageContaining("ssh agent");
    assertThatThrownBy(() -> evaluate("FROM x\nRUN --mount=tpye=cache x\n", Variables.none()))
        .hasMessageContaining("tpye");
    assertThatThrownBy(() -> evaluate("FROM x\nRUN --network=bridge x\n", Variables.none()))
        .hasMessageContaining("--network=bridge");
  }

  @Test
  void findsArgumentsThatNothingUses() {
    BuildFile file = BuildFile.parse("f", "ARG A\nFROM x\nARG B\n");
    Variables given =
        Variables.none().with("A", "").with("B", "").with("C", "").with("no_proxy", "x");

    assertThat(new BuildArguments(given, PLATFORM).unused(file)).containsExactly("C");
  }
}
