package dev.brig.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.stream.JsonWriter;
import dev.brig.linux.Errno;
import dev.brig.linux.Syscall;
import dev.brig.plan.Operand.Num;
import dev.brig.plan.Operand.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PlanJsonTest {
  private static final Label END = new Label("the end");
  private static final Slot FD = new Slot("fd");

  @Test
  void holdsEachStepWithItsReasonAndPlace() {
    String json = PlanJson.of(plan());

    JsonArray steps = JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("steps");
    assertThat(steps).hasSize(5);
    assertThat(steps.get(0))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"process": "brig", "section": "", "why": "", "option": "", "op": "guard",
                 "text": "in process brig, failures go to the end", "label": "the end"}
                """));
    assertThat(steps.get(1))
        .isEqualTo(
            JsonParser.parseString(
                """
                {"process": "brig", "section": "", "why": "enter \\"/\\"", "option": "--workdir",
                 "op": "call", "text": "chdir(\\"/\\")", "number": 1, "call": "chdir",
                 "arguments": ["\\"/\\""], "result": "fd",
                 "onError": {"action": "divert", "errnos": ["ENOENT", "EACCES"], "label": "the end"}}
                """));
    assertThat(steps.get(3).getAsJsonObject().get("section").getAsString()).isEqualTo("the end");
  }

  @Test
  void numbersTheCallsAsThePlanDoes() {
    JsonObject last =
        JsonParser.parseString(PlanJson.of(plan()))
            .getAsJsonObject()
            .getAsJsonArray("steps")
            .get(4)
            .getAsJsonObject();

    assertThat(last.get("number").getAsInt()).isEqualTo(2);
    assertThat(last.getAsJsonObject("onError").get("action").getAsString()).isEqualTo("ignore");
  }

  @Test
  void saysWhenTheWriterFails() {
    Writer full =
        new Writer() {
          @Override
          public void write(char[] buffer, int offset, int length) throws IOException {
            throw new IOException("full");
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };

    assertThatThrownBy(() -> PlanJson.write(plan(), new JsonWriter(full)))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("full");
  }

  private static Plan plan() {
    PlanBuilder plan = new PlanBuilder();
    plan.add(new Op.Guard("brig", END));
    plan.because("enter \"/\"", "--workdir");
    plan.call(
        FD,
        new OnError.Divert(Set.of(Errno.EACCES, Errno.ENOENT), END),
        Syscall.CHDIR,
        new Text("/"));
    plan.branch(FD, Condition.EQUAL, 0, END);
    plan.mark(END);
    plan.attempt(Syscall.EXIT_GROUP, new Num(0));
    return plan.build();
  }
}
