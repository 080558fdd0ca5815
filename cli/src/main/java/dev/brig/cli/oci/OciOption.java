package dev.brig.cli.oci;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// What stands before the command's name.
enum OciOption implements Option {
  ROOT("--root", "DIRECTORY", "keep the state of containers below this directory"),
  LOG("--log", "FILE", "write messages to this file as well"),
  LOG_FORMAT("--log-format", "FORMAT", "how they are written there: text or json"),
  LOG_LEVEL("--log-level", "LEVEL", "taken for crun's callers; only errors are written"),
  DEBUG("--debug", "", "tell each system call, in the file of --log or on standard error"),
  SYSTEMD_CGROUP("--systemd-cgroup", "", "let systemd make cgroups"),
  CGROUP_MANAGER("--cgroup-manager", "NAME", "who makes cgroups: cgroupfs, systemd, disabled"),
  ROOTLESS("--rootless", "WHEN", "auto, true or false; brig sees by itself who it runs as"),
  CRIU("--criu", "PATH", "ignored, with a warning"),
  VERSION("-v --version", "", "print the version");

  private final OptionText text;

  OciOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
