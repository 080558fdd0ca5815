package dev.brig.cli.oci;

import dev.brig.cli.bundle.CapabilityNames;
import dev.brig.cli.syntax.Operands;
import dev.brig.cli.syntax.Reading;
import dev.brig.cli.syntax.Syntax;
import dev.brig.runtime.compile.BundleFeatures;
import dev.brig.runtime.json.JsonOut;
import dev.brig.runtime.launch.SecurityModules;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.SeccompAction;
import dev.brig.runtime.spec.SeccompArch;
import dev.brig.runtime.spec.SeccompFlag;
import dev.brig.runtime.spec.SeccompOperator;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/// `features`: what this runtime can do, as JSON; features.md of the runtime specification.
final class FeaturesCommand implements OciCommand<SharedOption> {
  private static final List<String> HOOKS =
      List.of(
          "prestart",
          "createRuntime",
          "createContainer",
          "startContainer",
          "poststart",
          "poststop");

  private final OciContext context;

  FeaturesCommand(OciContext context) {
    this.context = context;
  }

  @Override
  public Syntax<SharedOption> syntax() {
    return new Syntax<>(
        "brig-oci features",
        "Show what this runtime can do, as JSON.",
        List.of(),
        Operands.NONE,
        List.of());
  }

  @Override
  public int run(Reading.Arguments<SharedOption> arguments) {
    StringWriter text = new StringWriter();
    JsonOut out = new JsonOut(text);
    out.beginObject();
    out.required("ociVersionMin", "1.0.0");
    out.required("ociVersionMax", OciVersion.SPECIFICATION);
    out.allStrings("hooks", HOOKS);
    out.allStrings("mountOptions", BundleFeatures.mountOptions());
    out.beginObject("linux");
    List<String> namespaces = new ArrayList<>();
    for (LinuxNamespaceType type : LinuxNamespaceType.values()) {
      namespaces.add(type.text());
    }
    out.allStrings("namespaces", namespaces);
    out.allStrings("capabilities", CapabilityNames.all());
    out.beginObject("cgroup");
    out.required("v1", true);
    out.required("v2", true);
    out.required("systemd", true);
    out.required("systemdUser", true);
    out.required("rdma", true);
    out.endObject();
    seccomp(out);
    SecurityModules modules = new SecurityModules(context.kernel());
    enabled(out, "apparmor", modules.hasAppArmor());
    enabled(out, "selinux", modules.hasSelinux());
    enabled(out, "intelRdt", /* there= */ false);
    out.beginObject("mountExtensions");
    out.beginObject("idmap");
    out.required("enabled", true);
    out.endObject();
    out.endObject();
    enabled(out, "netDevices", /* there= */ true);
    out.endObject();
    out.endObject();
    context.out().println(text);
    return 0;
  }

  private static void seccomp(JsonOut out) {
    out.beginObject("seccomp");
    out.required("enabled", true);
    out.allStrings("actions", names(SeccompAction.values()));
    out.allStrings("operators", names(SeccompOperator.values()));
    out.allStrings("archs", names(SeccompArch.values()));
    out.allStrings("knownFlags", names(SeccompFlag.values()));
    out.allStrings("supportedFlags", names(SeccompFlag.values()));
    out.endObject();
  }

  private static void enabled(JsonOut out, String name, boolean there) {
    out.beginObject(name);
    out.required("enabled", there);
    out.endObject();
  }

  private static List<String> names(Enum<?>[] constants) {
    List<String> names = new ArrayList<>();
    for (Enum<?> constant : constants) {
      names.add(constant.name());
    }
    return names;
  }
}
