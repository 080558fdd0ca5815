package dev.brig.runtime.spec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What runs in the container (`process`): the specification's name, not `java.lang.Process`.
///
/// @param terminal whether the process gets a terminal
/// @param consoleSize the terminal's size, or null
/// @param user who the process is
/// @param args the command and its arguments
/// @param env the environment, `NAME=value`
/// @param cwd the working directory, absolute
/// @param capabilities the capability sets; null leaves them to the runtime
/// @param rlimits resource limits
/// @param noNewPrivileges whether execve(2) can grant nothing more
/// @param apparmorProfile the AppArmor profile, or empty
/// @param oomScoreAdj what is written to `oom_score_adj`, or null to leave it
/// @param scheduler scheduling attributes, or null
/// @param selinuxLabel the SELinux label, or empty
/// @param ioPriority the I/O priority, or null
/// @param execCpuAffinity the processors that may be used (`execCPUAffinity`), or null
@SuppressWarnings("AvoidCommonTypeNames") // the specification's own name
public record Process(
    boolean terminal,
    @Nullable ConsoleSize consoleSize,
    User user,
    List<String> args,
    List<String> env,
    String cwd,
    @Nullable LinuxCapabilities capabilities,
    List<PosixRlimit> rlimits,
    boolean noNewPrivileges,
    String apparmorProfile,
    @Nullable Integer oomScoreAdj,
    @Nullable Scheduler scheduler,
    String selinuxLabel,
    @Nullable LinuxIoPriority ioPriority,
    @Nullable CpuAffinity execCpuAffinity) {
  /// Copies the lists.
  public Process {
    args = List.copyOf(args);
    env = List.copyOf(env);
    rlimits = List.copyOf(rlimits);
  }

  /// Returns a builder with nothing set.
  public static Builder builder() {
    return new Builder();
  }

  /// Returns a builder that starts from this value.
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.terminal = terminal;
    builder.consoleSize = consoleSize;
    builder.user = user;
    builder.args = args;
    builder.env = env;
    builder.cwd = cwd;
    builder.capabilities = capabilities;
    builder.rlimits = rlimits;
    builder.noNewPrivileges = noNewPrivileges;
    builder.apparmorProfile = apparmorProfile;
    builder.oomScoreAdj = oomScoreAdj;
    builder.scheduler = scheduler;
    builder.selinuxLabel = selinuxLabel;
    builder.ioPriority = ioPriority;
    builder.execCpuAffinity = execCpuAffinity;
    return builder;
  }

  /// Collects the components of a [Process]; what is not set is absent.
  public static final class Builder {
    private boolean terminal = false;
    private @Nullable ConsoleSize consoleSize;
    private User user = User.ROOT;
    private List<String> args = List.of();
    private List<String> env = List.of();
    private String cwd = "/";
    private @Nullable LinuxCapabilities capabilities;
    private List<PosixRlimit> rlimits = List.of();
    private boolean noNewPrivileges = false;
    private String apparmorProfile = "";
    private @Nullable Integer oomScoreAdj;
    private @Nullable Scheduler scheduler;
    private String selinuxLabel = "";
    private @Nullable LinuxIoPriority ioPriority;
    private @Nullable CpuAffinity execCpuAffinity;

    private Builder() {}

    /// Sets whether the process gets a terminal.
    public Builder terminal(boolean value) {
      terminal = value;
      return this;
    }

    /// Sets the terminal's size.
    public Builder consoleSize(ConsoleSize value) {
      consoleSize = value;
      return this;
    }

    /// Sets who the process is.
    public Builder user(User value) {
      user = value;
      return this;
    }

    /// Sets the command and its arguments.
    public Builder args(List<String> value) {
      args = value;
      return this;
    }

    /// Sets the environment.
    public Builder env(List<String> value) {
      env = value;
      return this;
    }

    /// Sets the working directory.
    public Builder cwd(String value) {
      cwd = value;
      return this;
    }

    /// Sets the capability sets.
    public Builder capabilities(LinuxCapabilities value) {
      capabilities = value;
      return this;
    }

    /// Sets the resource limits.
    public Builder rlimits(List<PosixRlimit> value) {
      rlimits = value;
      return this;
    }

    /// Sets whether execve(2) can grant nothing more.
    public Builder noNewPrivileges(boolean value) {
      noNewPrivileges = value;
      return this;
    }

    /// Sets the AppArmor profile.
    public Builder apparmorProfile(String value) {
      apparmorProfile = value;
      return this;
    }

    /// Sets what is written to `oom_score_adj`.
    public Builder oomScoreAdj(int value) {
      oomScoreAdj = value;
      return this;
    }

    /// Sets the scheduling attributes.
    public Builder scheduler(Scheduler value) {
      scheduler = value;
      return this;
    }

    /// Sets the SELinux label.
    public Builder selinuxLabel(String value) {
      selinuxLabel = value;
      return this;
    }

    /// Sets the I/O priority.
    public Builder ioPriority(LinuxIoPriority value) {
      ioPriority = value;
      return this;
    }

    /// Sets the processors that may be used.
    public Builder execCpuAffinity(CpuAffinity value) {
      execCpuAffinity = value;
      return this;
    }

    /// Returns the value.
    public Process build() {
      return new Process(
          terminal,
          consoleSize,
          user,
          args,
          env,
          cwd,
          capabilities,
          rlimits,
          noNewPrivileges,
          apparmorProfile,
          oomScoreAdj,
          scheduler,
          selinuxLabel,
          ioPriority,
          execCpuAffinity);
    }
  }
}
