package dev.brig.cli.bundle;

import dev.brig.cli.bundle.RunOptions.Switch;
import dev.brig.error.UsageException;
import dev.brig.image.ImageConfig;
import dev.brig.runtime.container.Degree;
import dev.brig.runtime.spec.LinuxCapabilities;
import dev.brig.runtime.spec.LinuxNamespaceType;
import dev.brig.runtime.spec.Process;
import dev.brig.runtime.spec.Root;
import dev.brig.runtime.spec.Spec;
import dev.brig.runtime.spec.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes a container's configuration from its image, the options and what was looked up.
///
/// @see <a href="https://github.com/opencontainers/image-spec/blob/main/conversion.md">conversion
///   to OCI runtime configuration</a>
public final class SpecFactory {
  private static final String VERSION = "1.3.0";
  private static final int SHORT_ID_LENGTH = 12;
  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final ImageConfig image;
  private final RunOptions options;
  private final BundleFacts facts;
  private final UserLookup.Identity identity;
  private final Isolation isolation;

  private SpecFactory(ImageConfig image, RunOptions options, BundleFacts facts) {
    this.image = image;
    this.options = options;
    this.facts = facts;
    String user = options.command().user().isEmpty() ? image.user() : options.command().user();
    this.identity = facts.users().resolve(user, options.command().groups());
    this.isolation = Isolation.of(options.isolation(), facts.caller());
  }

  /// Makes the configuration.
  ///
  /// @throws UsageException if image and options together make no container: no command, an unknown
  ///   user
  public static Bundle make(ImageConfig image, RunOptions options, BundleFacts facts) {
    return new SpecFactory(image, options, facts).bundle();
  }

  private Bundle bundle() {
    String hostname = hostname();
    Map<String, String> files = NetworkFiles.texts(options, facts, isolation, hostname);
    String seccomp = seccompProfile();
    if (!seccomp.isEmpty()) {
      files.put(Bundle.SECCOMP_PROFILE, seccomp);
    }
    Volumes volumes = new Volumes(options, facts, image.volumes());
    MountFactory mounts = new MountFactory(options, facts, isolation, files.keySet());
    LinuxFactory linux = new LinuxFactory(options, facts, isolation);
    Spec spec =
        Spec.builder(VERSION, new Root(facts.places().rootfs(), has(Switch.READ_ONLY)))
            .process(process(hostname))
            .hostname(isolation.isOwn(LinuxNamespaceType.UTS) ? hostname : "")
            .mounts(mounts.mounts(volumes.mounts()))
            .annotations(ImageAnnotations.of(image, options.lifecycle().annotations()))
            .linux(linux.linux())
            .build();
    return new Bundle(spec, spec, files, volumes.all());
  }

  private boolean has(Switch wanted) {
    return options.lifecycle().has(wanted);
  }

  private String hostname() {
    String chosen = options.isolation().hostname();
    return chosen.isEmpty() ? facts.id().substring(0, SHORT_ID_LENGTH) : chosen;
  }

  /// Returns the profile of the system call filter, or empty for brig's default.
  private String seccompProfile() {
    return switch (options.security().seccomp()) {
      case SeccompChoice.Default() -> has(Switch.PRIVILEGED) ? Bundle.UNCONFINED : "";
      case SeccompChoice.Unconfined() -> Bundle.UNCONFINED;
      case SeccompChoice.Profile _ -> facts.caller().seccompProfile();
    };
  }

  private Process process(String hostname) {
    String directory = options.command().workingDirectory();
    String imageDirectory = image.workingDir().isEmpty() ? "/" : image.workingDir();
    Process.Builder process =
        Process.builder()
            .terminal(has(Switch.TTY))
            .user(new User(identity.uid(), identity.gid(), umask(), identity.groups()))
            .args(arguments())
            .env(environment(hostname))
            .cwd(inHostsPaths(directory.isEmpty() ? imageDirectory : directory))
            .capabilities(capabilities())
            .rlimits(options.command().rlimits())
            .noNewPrivileges(has(Switch.NO_NEW_PRIVILEGES));
    Integer oomScoreAdj = options.command().oomScoreAdj();
    if (oomScoreAdj != null) {
      process.oomScoreAdj(oomScoreAdj);
    }
    if (has(Switch.TTY) && facts.caller().console() != null) {
      process.consoleSize(facts.caller().console());
    }
    return process.build();
  }

  /// A process that stays in the host's root has the image below it.
  private String inHostsPaths(String directory) {
    if (options.isolation().degree() != Degree.BARE) {
      return directory;
    }
    return directory.equals("/") ? facts.places().rootfs() : facts.places().rootfs() + directory;
  }

  private @Nullable Integer umask() {
    int umask = options.command().umask();
    return umask < 0 ? null : Integer.valueOf(umask);
  }

  /// The image's entry point and the command given, or the image's command. An entry point given
  /// replaces the image's and takes the image's command, which was written for the other one, with
  /// it.
  private List<String> arguments() {
    List<String> given = options.command().entrypoint();
    List<String> words = options.command().words();
    List<String> arguments = new ArrayList<>(given == null ? image.entrypoint() : given);
    boolean imageCommand = words.isEmpty() && given == null;
    arguments.addAll(imageCommand ? image.cmd() : words);
    if (arguments.isEmpty()) {
      throw new UsageException(
          "command", "none is given, and the image has none", "say what to run: brig run IMAGE sh");
    }
    return arguments;
  }

  private List<String> environment(String hostname) {
    Map<String, String> variables = new LinkedHashMap<>();
    put(variables, PATH);
    put(variables, "container=brig");
    put(variables, "HOSTNAME=" + hostname);
    put(variables, "HOME=" + identity.home());
    if (has(Switch.TTY)) {
      put(variables, "TERM=xterm");
    }
    for (String variable : options.command().env().caller()) {
      put(variables, variable);
    }
    for (String variable : image.env()) {
      put(variables, variable);
    }
    List<String> unset = options.command().env().unset();
    if (unset.contains(RunOptions.Env.ALL)) {
      variables.clear();
    }
    variables.keySet().removeAll(unset);
    for (String variable : options.command().env().set()) {
      put(variables, variable);
    }
    return List.copyOf(variables.values());
  }

  private static void put(Map<String, String> variables, String variable) {
    int equals = variable.indexOf('=');
    // An image may hold a bare name: a variable without value.
    String name = equals < 0 ? variable : variable.substring(0, equals);
    variables.put(name, equals < 0 ? variable + "=" : variable);
  }

  /// User 0 has what was chosen. Another user has it only as the bound of what set-user-id programs
  /// can grant, and at once no more than what was added by name: so do docker and podman.
  private LinuxCapabilities capabilities() {
    List<String> added = options.security().capabilitiesAdded();
    List<String> chosen =
        has(Switch.PRIVILEGED)
            ? CapabilityNames.all()
            : CapabilityNames.chosen(added, options.security().capabilitiesDropped());
    if (has(Switch.PRIVILEGED) || added.contains(CapabilityNames.ALL)) {
      chosen = new ArrayList<>(chosen);
      chosen.retainAll(facts.caller().capabilities());
    }
    if (identity.uid() == 0) {
      return new LinuxCapabilities(chosen, chosen, List.of(), chosen, List.of());
    }
    List<String> kept = new ArrayList<>();
    for (String name : chosen) {
      if (added.contains(name)) {
        kept.add(name);
      }
    }
    return new LinuxCapabilities(chosen, kept, kept, kept, kept);
  }
}
