package dev.brig.cli.build;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `build`, spelled as podman spells them.
enum BuildOption implements Option {
  TAG("-t --tag", "NAME", "Call the image so; may be given several times"),
  FILE("-f --file", "FILE", "The build file; - for standard input (Containerfile, Dockerfile)"),
  BUILD_ARG("--build-arg", "NAME[=VALUE]", "Set an ARG; without =, to the caller's variable"),
  BUILD_CONTEXT("--build-context", "NAME=WHERE", "A further directory, or image, for --from=NAME"),
  TARGET("--target", "STAGE", "End with this stage"),
  NETWORK("--network", "MODE", "What RUN has: none (default: loopback only) or host"),
  PIDS_LIMIT(
      "--pids-limit",
      "NUMBER",
      "Processes and threads of RUN (2048 where it can be set); 0 or -1: no limit"),
  SECRET("--secret", "id=ID[,src=FILE]", "A file, or env=NAME, for RUN --mount=type=secret"),
  LABEL("--label", "NAME=VALUE", "Set a label of the image"),
  ANNOTATION("--annotation", "NAME=VALUE", "Set an annotation of the image's manifest"),
  ENV("--env", "NAME[=VALUE]", "Set a variable of the image, also for RUN"),
  TIMESTAMP("--timestamp", "SECONDS", "Give all files and the image this time, since 1970"),
  NO_CACHE("--no-cache", "", "Do every step, also those that were done before"),
  LAYERS("--layers", "", "One layer for each step (default; --layers=false: as --squash)"),
  SQUASH("--squash", "", "One layer for all that the build adds to its base"),
  SQUASH_ALL("--squash-all", "", "One layer for everything"),
  IGNOREFILE("--ignorefile", "FILE", "What to leave out of the context (.containerignore)"),
  IIDFILE("--iidfile", "FILE", "Write the image's id to this file"),
  PLATFORM("--platform", "OS/ARCH", "What to build for: this machine's"),
  PULL("--pull", "WHEN", "missing, always or never: when to fetch base images"),
  FORMAT("--format", "FORMAT", "oci"),
  ISOLATION("--isolation", "KIND", "Taken for podman's sake: steps run in brig's containers"),
  QUIET("-q --quiet", "", "Print nothing but the id, unless a step fails");

  private final OptionText text;

  BuildOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
