package dev.brig.cli.compare;

import dev.brig.cli.syntax.Option;
import dev.brig.cli.syntax.OptionText;

/// The options of `brig compare`.
public enum CompareOption implements Option {
  QUICK("--quick", "", "Within a minute: fewer rounds, no neighbours"),
  FULL("--full", "", "Within a quarter of an hour: rates and stages of starts, too"),
  RUNGS("--rungs", "NAME,...", "Compare these, beside bare (default: all that work here)"),
  METRICS("--metrics", "NAME,...", "Measure these: start, mem, sys, rate, start.mech, ..."),
  ROUNDS("--rounds", "NUMBER", "Rounds after two of warm-up (30; --quick: 8)"),
  BUDGET(
      "--budget",
      "DURATION",
      "How long all may take: fewer rounds if need be (5m; --quick 1m, --full 15m)"),
  SEED("--seed", "NUMBER", "What the order of the arms comes of (1)"),
  OUTPUT("-o --output", "DIRECTORY", "Write result.json, samples.csv, table.txt and report.html"),
  JSON("--json", "", "Print JSON in place of the table"),
  STRICT("--strict", "", "End with status 3 if the machine was too noisy to believe the figures"),
  LIST("--list", "", "Say what can be compared here, and why not the others"),
  DRY_RUN("--dry-run", "", "Print the commands that would run, and the order of the first round"),
  REPLAY("--replay", "FILE", "Show a result.json anew"),
  DIFF("--diff", "", "Say which figures of two result.json differ beyond noise: OLD NEW"),
  DELAY("--delay", "NAME=DURATION", "Let an arm start so much later: does the comparison find it?");

  private final OptionText text;

  CompareOption(String names, String label, String description) {
    this.text = OptionText.plain(names, label, description);
  }

  @Override
  public OptionText text() {
    return text;
  }
}
