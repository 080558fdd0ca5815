package dev.brig.cli.command;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of all commands that make no container. Each command takes a few of them.
public enum CommonOption implements Option {
  ALL("-a --all", "", "All containers, not only running ones"),
  EVERY("-a --all", "", "Every container that this can be done to"),
  ATTACH("-a --attach", "", "Wait for the container; its streams are the caller's"),
  INTERACTIVE("-i --interactive", "", "Attach, and pass standard input on"),
  QUIET("-q --quiet", "", "Print ids only"),
  NO_TRUNC("--no-trunc", "", "Cut nothing short"),
  FILTER(
      "-f --filter", "KEY=VALUE", "Only those with this name, id, status, exited, label, ancestor"),
  FORMAT("--format", "TEMPLATE", "json, or a text with {{.ID}} {{.Names}} {{.Status}} ..."),
  JSON("--json", "", "Print JSON"),
  FOLLOW("-f --follow", "", "Go on until the container ends"),
  TAIL("-n --tail", "NUMBER", "Only the last lines, or all"),
  TIMESTAMPS("-t --timestamps", "", "Begin each line with its time"),
  SINCE("--since", "TIME", "Only what was written since: 10m, or 2026-01-31T12:00:00Z"),
  TIME("-t --time --timeout", "SECONDS", "How long to wait before killing; -1 for ever"),
  SIGNAL("-s --signal", "SIGNAL", "The signal, by name or number (KILL)"),
  VOLUMES("-v --volumes", "", "With the volumes that are theirs alone"),
  LATEST("-l --latest", "", "Only the one that was made last"),
  LAST("-n --last", "NUMBER", "Only the last ones made, running or not"),
  TEMPLATE("-f --format", "TEMPLATE", "A text with {{.state.pid}}, {{json .mounts}}, ..."),
  FORCE("-f --force", "", "Even if it runs or is in use"),
  TRACE("--trace", "", "Tell each step with its time, on stderr"),
  NAME("-t --tag", "NAME", "Store the image under this name"),
  PLATFORM("--platform", "OS/ARCH[/VARIANT]", "Of several images, the one for this platform"),
  INPUT("-i --input", "FILE", "Read this file instead of standard input"),
  OUTPUT("-o --output", "FILE", "Write this file instead of standard output"),
  ARCHIVE_FORMAT("--format", "FORM", "docker-archive (usual), oci-archive, oci-dir or docker-dir"),
  ALL_UNUSED("-a --all", "", "Also images with a name that no container was made from"),
  YES("-f --force", "", "Accepted, as podman has it: nothing is asked anyway"),
  VERBOSE("-v --verbose", "", "Each image, too"),
  MEND("--mend", "", "Unpack damaged layers again; get damaged blobs again where possible"),
  DROP("-f --force", "", "With --mend: remove images that cannot be mended"),
  CONFIG("--config", "", "Print the container's OCI configuration instead");

  private final OptionText text;

  CommonOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
