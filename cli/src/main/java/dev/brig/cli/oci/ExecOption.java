package dev.brig.cli.oci;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `exec`.
enum ExecOption implements Option {
  PROCESS("-p --process", "FILE", "the process as JSON, config.md#process"),
  DETACH("-d --detach", "", "don't wait for the end"),
  PID_FILE("--pid-file", "FILE", "write the number of the process there"),
  CONSOLE_SOCKET("--console-socket", "SOCKET", "send the terminal there"),
  PRESERVE_FDS("--preserve-fds", "N", "pass N descriptors from 3 on to the command"),
  TTY("-t --tty", "", "give it a terminal"),
  CWD("--cwd", "DIRECTORY", "where it starts"),
  ENV("-e --env", "NAME=VALUE", "a further variable"),
  USER("-u --user", "UID[:GID]", "who it runs as"),
  GROUPS("-g --additional-gids", "GID", "a further group"),
  CAP("-c --cap", "CAPABILITY", "a further capability"),
  NO_NEW_PRIVILEGES("--no-new-privs", "", "execve(2) can raise no rights"),
  APPARMOR("--apparmor", "PROFILE", "the AppArmor profile"),
  PROCESS_LABEL("--process-label", "LABEL", "the SELinux label"),
  IGNORE_PAUSED("--ignore-paused", "", "also in a frozen container, where it waits"),
  CGROUP("--cgroup", "[CONTROLLER:]PATH", "a cgroup below the container's");

  private final OptionText text;

  ExecOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
