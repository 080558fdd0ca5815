package dev.brig.cli.run;

import dev.brig.cgroups.CgroupPlan;
import dev.brig.cgroups.CgroupWrite;
import dev.brig.cli.bundle.Bundle;
import dev.brig.cli.bundle.BundleFacts;
import dev.brig.cli.bundle.DegreeOptions;
import dev.brig.cli.bundle.NamespaceMode;
import dev.brig.cli.bundle.RunOptions;
import dev.brig.cli.bundle.RunOptions.Switch;
import dev.brig.cli.bundle.SpecFactory;
import dev.brig.cli.bundle.Volume;
import dev.brig.cli.command.Context;
import dev.brig.cli.guest.Guests;
import dev.brig.cli.value.Wrong;
import dev.brig.error.UnsupportedException;
import dev.brig.error.UsageException;
import dev.brig.image.Image;
import dev.brig.image.store.LayerChoice;
import dev.brig.linux.Capability;
import dev.brig.linux.Signal;
import dev.brig.namespaces.ProcessRequest.Filter;
import dev.brig.runtime.container.AppliedLimit;
import dev.brig.runtime.container.ContainerId;
import dev.brig.runtime.container.ContainerOption;
import dev.brig.runtime.container.ContainerRecord;
import dev.brig.runtime.container.ContainerStore;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.container.ImageOrigin;
import dev.brig.runtime.container.StopPolicy;
import dev.brig.runtime.container.Supervision;
import dev.brig.runtime.launch.ContainerLauncher;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.LinuxNamespace;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.Spec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Works out everything about a container that does not exist yet. Nothing is changed, so that
/// whatever is wrong with the options leaves nothing behind.
final class Preparation {

  private final Context context;
  private final ContainerStore containers;

  /// Makes a preparation.
  ///
  /// @param containers where other containers are found
  Preparation(Context context, ContainerStore containers) {
    this.context = context;
    this.containers = containers;
  }

  /// Returns the form of layers that a container can have.
  static LayerChoice layers(Context context, RunOptions options) {
    RunOptions.Isolation isolation = options.isolation();
    if (isolation.degree() == Degree.VM) {
      // Its layers are disks.
      return LayerChoice.EROFS;
    }
    NamespaceMode users =
        isolation.modes().getOrDefault(LinuxNamespaceType.USER, NamespaceMode.HOST);
    boolean own =
        !users.equals(NamespaceMode.HOST)
            || !isolation.uidMappings().isEmpty()
            || !isolation.gidMappings().isEmpty();
    return own ? context.layersInUserNamespace() : context.layers();
  }

  /// A container that could be made.
  ///
  /// @param record what brig will keep of it
  /// @param bundle its configuration with its files
  /// @param cgroups its cgroups
  /// @param filter its filter of system calls
  record Prepared(ContainerRecord record, Bundle bundle, CgroupPlan cgroups, Filter filter) {}

  /// Works out a container.
  ///
  /// @param image what it is made from
  /// @param asked what the user asked for
  /// @throws dev.brig.error.BrigException if there can be no such container here
  Prepared prepare(Image image, RunOptions asked) {
    RunOptions given = DegreeOptions.apply(asked, privilege());
    RunOptions.Isolation shared =
        new NamespaceLookup(containers).resolve(given.isolation(), privilege());
    RunOptions options = new IdLookup(context).resolve(given.with(shared));
    refuse(options);
    refuseGroups(options);
    ContainerId id = ContainerId.random(context.kernel());
    BundleFacts facts = new FactsCollector(context, given.isolation()).collect(id, image, options);
    Bundle bundle = bundle(image, options, facts);
    Spec spec = bundle.spec();
    refuseRulesWithoutEffect(spec, options.security());
    CgroupPlan cgroups;
    try {
      cgroups = launcher().cgroups(spec, options.isolation().degree());
    } catch (UnsupportedException e) {
      if (options.limits().swap() == RunOptions.Swap.ASKED) {
        throw e;
      }
      // Nobody asked for the limit of swap, and without an account of it there is none to apply.
      bundle = bundle(image, options.withoutSwap(), facts);
      spec = bundle.spec();
      cgroups = launcher().cgroups(spec, options.isolation().degree());
    }
    String profile = bundle.files().getOrDefault(Bundle.SECCOMP_PROFILE, "");
    Filter filter = new FilterSource(context).filter(spec, profile);
    return new Prepared(record(id, image, options, bundle, cgroups), bundle, cgroups, filter);
  }

  private Bundle bundle(Image image, RunOptions options, BundleFacts facts) {
    Bundle bundle = SpecFactory.make(image.config(), options, facts);
    return options.isolation().degree().hasOwnKernel()
        ? new Guests(context).around(bundle, options, image, facts)
        : bundle;
  }

  private ContainerLauncher launcher() {
    return new ContainerLauncher(context.kernel(), context.host(), context.self());
  }

  private BundleFacts.Privilege privilege() {
    return context.isRootless() ? BundleFacts.Privilege.ROOTLESS : BundleFacts.Privilege.ROOT;
  }

  private void refuseGroups(RunOptions options) {
    List<String> groups = options.command().groups();
    if (!groups.isEmpty() && context.isRootless() && !context.host().subordinateIds().usable()) {
      String user = context.host().subordinateIds().user();
      throw new UnsupportedException(
          "--group-add " + groups.getFirst(),
          "user "
              + user
              + " has no range in /etc/subgid, or newgidmap is not installed; without,"
              + " the kernel lets nobody change groups",
          "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "
              + user
              + ", and install uidmap");
    }
  }

  private static void refuse(RunOptions options) {
    boolean detached = options.lifecycle().has(Switch.DETACH);
    if (detached && options.lifecycle().has(Switch.TRACE)) {
      throw backgroundTrace();
    }
  }

  /// Refuses rules about devices where the container can't make any: the kernel allows that in no
  /// user namespace, and to nobody without the capability.
  private static void refuseRulesWithoutEffect(Spec spec, RunOptions.Security security) {
    if (security.deviceRules().isEmpty()) {
      return;
    }
    String option = "--device-cgroup-rule";
    if (!mode(spec, LinuxNamespaceType.USER, "private").equals("host")) {
      throw new UsageException(
          option,
          "has no effect in a user namespace, where the kernel lets nobody make devices",
          "name the device itself: --device PATH");
    }
    LinuxCapabilities sets = spec.process() == null ? null : spec.process().capabilities();
    if (sets == null || !sets.bounding().contains(Capability.CAP_MKNOD.name())) {
      throw new UsageException(
          option,
          "has no effect in a container that can make no devices",
          "add --cap-add MKNOD, or name the device itself: --device PATH");
    }
  }

  /// Returns the complaint about a trace that nobody would see.
  static UsageException backgroundTrace() {
    return new UsageException(
        "--trace",
        "it is told at the container's end on standard error, which a container in the background"
            + " does not have",
        "run it in the foreground, or see its calls with brig explain");
  }

  private static ContainerRecord record(
      ContainerId id, Image image, RunOptions options, Bundle bundle, CgroupPlan cgroups) {
    Spec spec = bundle.inside();
    return ContainerRecord.builder(id, options.lifecycle().name(), System.currentTimeMillis())
        .image(new ImageOrigin(image.name(), image.id(), image.layers().reversed()))
        .command(spec.process() == null ? List.of() : spec.process().args())
        .options(options(options.lifecycle()))
        .stop(stop(image, options.lifecycle()))
        .userns(mode(spec, LinuxNamespaceType.USER, "private"))
        .network(mode(spec, LinuxNamespaceType.NETWORK, "none"))
        .labels(labels(image, options.lifecycle()))
        .cgroups(cgroups.removals())
        .limits(limits(cgroups))
        .supervision(supervision(options.lifecycle()))
        .volumes(anonymous(bundle))
        .memory(options.files().memory())
        .degree(options.isolation().degree())
        .build();
  }

  private static Supervision supervision(RunOptions.Lifecycle lifecycle) {
    String pidFile = lifecycle.pidFile();
    // The program may change its working directory.
    String file = pidFile.isEmpty() ? "" : Path.of(pidFile).toAbsolutePath().toString();
    return new Supervision(
        file, lifecycle.bounds().logBytesMax(), lifecycle.bounds().timeoutSeconds());
  }

  private static List<String> anonymous(Bundle bundle) {
    List<String> names = new ArrayList<>();
    for (Volume volume : bundle.volumes()) {
      if (volume.bond() == Volume.Bond.ANONYMOUS) {
        names.add(volume.name());
      }
    }
    return names;
  }

  // An image's labels are its containers' as well, as docker and podman have it.
  private static Map<String, String> labels(Image image, RunOptions.Lifecycle lifecycle) {
    if (image.config().labels().isEmpty()) {
      return lifecycle.labels();
    }
    Map<String, String> labels = new LinkedHashMap<>(image.config().labels());
    labels.putAll(lifecycle.labels());
    return labels;
  }

  private static Set<ContainerOption> options(RunOptions.Lifecycle lifecycle) {
    Set<ContainerOption> options = EnumSet.noneOf(ContainerOption.class);
    for (Switch on : lifecycle.switches()) {
      switch (on) {
        case REMOVE -> options.add(ContainerOption.RM);
        case INIT -> options.add(ContainerOption.INIT);
        case TTY -> options.add(ContainerOption.TTY);
        case INTERACTIVE -> options.add(ContainerOption.INTERACTIVE);
        case DETACH -> options.add(ContainerOption.DETACH);
        case TRACE,
            READ_ONLY,
            PRIVILEGED,
            NO_NEW_PRIVILEGES,
            NO_READ_ONLY_TMPFS,
            NO_HOSTS,
            REPLACE -> {}
      }
    }
    return options;
  }

  private static StopPolicy stop(Image image, RunOptions.Lifecycle lifecycle) {
    int signal = lifecycle.stopSignal();
    String configured = image.config().stopSignal();
    if (signal == 0 && !configured.isEmpty()) {
      signal = Signal.parse(configured);
    }
    return new StopPolicy(
        signal == 0 ? StopPolicy.DEFAULT.signal() : signal,
        lifecycle.stopTimeoutSeconds() < 0 ? Integer.MAX_VALUE : lifecycle.stopTimeoutSeconds());
  }

  private static String mode(Spec spec, LinuxNamespaceType type, String own) {
    for (LinuxNamespace namespace : spec.linux().namespaces()) {
      if (namespace.type() == type) {
        return namespace.path().isEmpty() ? own : "ns:" + namespace.path();
      }
    }
    return "host";
  }

  /// Returns the limits that cgroups hold.
  static List<AppliedLimit> limits(CgroupPlan cgroups) {
    List<AppliedLimit> limits = new ArrayList<>();
    for (CgroupWrite write : cgroups.writes()) {
      if (!write.option().isEmpty()) {
        limits.add(new AppliedLimit(write.option(), write.value(), write.file().toString()));
      }
    }
    return limits;
  }

  /// Refuses an image for another machine.
  ///
  /// @param platform what `--platform` says, or empty
  static void checkPlatform(Image image, String platform) {
    String architecture = image.config().architecture();
    if (platform.isEmpty() || architecture.isEmpty()) {
      return;
    }
    String os = image.config().os().isEmpty() ? "linux" : image.config().os();
    String is = os + "/" + architecture;
    if (!platform.equals(is) && !platform.startsWith(is + "/")) {
      throw Wrong.value("--platform", platform, "image " + image.name() + " is for " + is);
    }
  }
}
