package dev.brig.plan;

import com.google.gson.FormattingStyle;
import com.google.gson.stream.JsonWriter;
import dev.brig.linux.Errno;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.TreeSet;

/// A plan for programs to read: what `brig explain --json` prints.
///
/// One object with a member `steps`, an array of all steps in order. Each has `process`, `section`
/// (the label that comes last before it, or empty), `why`, `option`, `op` (`call`, `jump`,
/// `branch`, `load`, `store`, `peek`, `poke`, `copy`, `assign`, `compute`, `guard`, `mark`) and
/// `text`. A call also has `number`, `call`, `arguments`, `result` (the slot) and `onError`, with
/// `action` (`abort`, `tolerate`, `divert`, `ignore`), and where it has them `errnos` and `label`.
/// What goes somewhere has `label`. What compares or calculates has `left`, `operator` and `right`,
/// each side a decimal number or a slot in angle brackets. `docs/explain.md` describes it for those
/// who read it.
public final class PlanJson {
  private final JsonWriter json;
  private String process = "";
  private String section = "";
  private int calls;

  private PlanJson(JsonWriter json) {
    this.json = json;
  }

  /// Returns a plan as JSON, indented, with a newline at the end.
  public static String of(Plan plan) {
    StringWriter text = new StringWriter();
    JsonWriter json = new JsonWriter(text);
    json.setFormattingStyle(FormattingStyle.PRETTY);
    write(plan, json);
    return text.append('\n').toString();
  }

  /// Writes a plan as one JSON object.
  ///
  /// @throws UncheckedIOException if the writer cannot be written to
  public static void write(Plan plan, JsonWriter json) {
    try {
      new PlanJson(json).plan(plan);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void plan(Plan plan) throws IOException {
    json.beginObject().name("steps").beginArray();
    for (Step step : plan.steps()) {
      step(step);
    }
    json.endArray().endObject();
  }

  private void step(Step step) throws IOException {
    Op op = step.op();
    if (op instanceof Op.Guard guard) {
      process = guard.process();
    } else if (op instanceof Op.Mark mark) {
      section = mark.label().name();
    }
    json.beginObject();
    json.name("process").value(process).name("section").value(section);
    json.name("why").value(step.why()).name("option").value(step.option());
    json.name("op").value(name(op)).name("text").value(PlanText.text(op));
    switch (op) {
      case Op.Call call -> call(call);
      case Op.Jump jump -> label(jump.label());
      case Op.Branch branch -> branch(branch);
      case Op.Guard guard -> label(guard.handler());
      case Op.Mark mark -> label(mark.label());
      case Op.Load load -> {
        json.name("target").value(load.target().name());
        bytes(load.buffer(), Integer.toString(load.offsetBytes()), load.widthBytes());
      }
      case Op.LoadAt load -> {
        json.name("target").value(load.target().name());
        bytes(load.buffer(), slot(load.offsetBytes()), load.widthBytes());
      }
      case Op.Store store -> {
        json.name("source").value(store.source().name());
        bytes(store.buffer(), Integer.toString(store.offsetBytes()), store.widthBytes());
      }
      case Op.Peek peek -> peek(peek);
      case Op.Poke poke -> {
        json.name("source").value(poke.source().name());
        json.name("address").value(slot(poke.address())).name("width").value(poke.widthBytes());
      }
      case Op.Copy copy -> {
        json.name("target").value(slot(copy.target())).name("source").value(slot(copy.source()));
        json.name("size").value(copy.sizeBytes());
      }
      case Op.Assign assign -> {
        json.name("target").value(assign.target().name());
        json.name("value").value(number(assign.value()));
      }
      case Op.Compute compute -> compute(compute);
    }
    json.endObject();
  }

  private void peek(Op.Peek peek) throws IOException {
    json.name("target").value(peek.target().name());
    json.name("address").value(slot(peek.address()));
    json.name("offset").value(Integer.toString(peek.offsetBytes()));
    json.name("width").value(peek.widthBytes());
  }

  private void compute(Op.Compute compute) throws IOException {
    json.name("target").value(compute.target().name());
    json.name("left").value(slot(compute.left()));
    json.name("operator").value(compute.arithmetic().symbol());
    json.name("right").value(number(compute.right()));
  }

  private void branch(Op.Branch branch) throws IOException {
    json.name("left").value(slot(branch.slot()));
    json.name("operator").value(branch.condition().symbol());
    json.name("right").value(Long.toString(branch.number()));
    label(branch.label());
  }

  private void bytes(Buffer buffer, String offset, int width) throws IOException {
    json.name("buffer").value(buffer.name()).name("offset").value(offset);
    json.name("width").value(width);
  }

  private static String slot(Slot slot) {
    return "<" + slot.name() + ">";
  }

  private static String number(Operand operand) {
    return operand instanceof Operand.Num num ? Long.toString(num.value()) : PlanText.text(operand);
  }

  private static String name(Op op) {
    return switch (op) {
      case Op.Call _ -> "call";
      case Op.Jump _ -> "jump";
      case Op.Branch _ -> "branch";
      case Op.Guard _ -> "guard";
      case Op.Mark _ -> "mark";
      case Op.Load _, Op.LoadAt _ -> "load";
      case Op.Store _ -> "store";
      case Op.Peek _ -> "peek";
      case Op.Poke _ -> "poke";
      case Op.Copy _ -> "copy";
      case Op.Assign _ -> "assign";
      case Op.Compute _ -> "compute";
    };
  }

  private void call(Op.Call call) throws IOException {
    calls++;
    json.name("number").value(calls).name("call").value(call.syscall().symbol());
    json.name("arguments").beginArray();
    for (String argument : PlanText.arguments(call)) {
      json.value(argument);
    }
    json.endArray();
    json.name("result").value(call.result().name());
    json.name("onError").beginObject();
    switch (call.onError()) {
      case OnError.Abort _ -> json.name("action").value("abort");
      case OnError.Ignore _ -> json.name("action").value("ignore");
      case OnError.Tolerate(Set<Errno> errnos) -> {
        json.name("action").value("tolerate");
        errnos(errnos);
      }
      case OnError.Divert(Set<Errno> errnos, Label label) -> {
        json.name("action").value("divert");
        errnos(errnos);
        label(label);
      }
    }
    json.endObject();
  }

  private void errnos(Set<Errno> errnos) throws IOException {
    json.name("errnos").beginArray();
    for (Errno errno : new TreeSet<>(errnos)) {
      json.value(errno.name());
    }
    json.endArray();
  }

  private void label(Label label) throws IOException {
    json.name("label").value(label.name());
  }
}
