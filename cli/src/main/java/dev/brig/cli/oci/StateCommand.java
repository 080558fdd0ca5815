package dev.brig.cli.oci;

import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.json.JsonOut;
import dev.brig.runtime.oci.BundleContainer;
import dev.brig.runtime.oci.BundleRecord;
import dev.brig.runtime.oci.BundleStatus;
import dev.brig.runtime.spec.Spec;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/// `state`; runtime.md#state.
final class StateCommand implements OciCommand<SharedOption> {
  private final OciContext context;

  StateCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<SharedOption> syntax() {
    return new Syntax<>(
        "brig-oci state",
        "Show the state of a container as JSON.",
        List.of(),
        Operands.exactly(1, "ID"),
        List.of());
  }

  @Override
  public int run(Reading.Arguments<SharedOption> arguments) {
    BundleContainer container = context.store().container(arguments.operands().getFirst());
    StringWriter text = new StringWriter();
    write(new JsonOut(text), container, owner(container));
    context.out().println(text);
    return 0;
  }

  String owner(BundleContainer container) {
    return new Owners(context.kernel()).name(container.record().owner());
  }

  /// Writes the state.
  ///
  /// @param owner the name of who created the container
  static void write(JsonOut out, BundleContainer container, String owner) {
    BundleRecord record = container.record();
    Spec spec = container.spec();
    BundleStatus status = container.status();
    out.beginObject();
    out.required("ociVersion", spec.ociVersion());
    out.required("id", record.id());
    out.required("pid", status == BundleStatus.STOPPED ? 0 : container.pid());
    out.required("status", status.text());
    out.required("bundle", record.bundle());
    out.required("rootfs", record.rootfs());
    out.required("created", record.created());
    if (!spec.annotations().isEmpty()) {
      out.beginObject("annotations");
      for (Map.Entry<String, String> annotation : spec.annotations().entrySet()) {
        out.required(annotation.getKey(), annotation.getValue());
      }
      out.endObject();
    }
    out.required("owner", owner);
    out.endObject();
  }
}
