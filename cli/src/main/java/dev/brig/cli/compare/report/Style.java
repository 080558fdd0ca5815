package dev.brig.cli.compare.report;

/// How a page looks: dark or light as its reader likes it, and on paper.
final class Style {
  static final String CSS =
      """
      :root { --page: #fff; --ink: #1b1b1b; --muted: #595959; --grid: #e3e3e3; --band: #d2d2d2;
        --green: #00623f; --red: #a4001d;
        --arm0: #000; --arm1: #6e6e6e; --arm2: #b26b00; --arm3: #0072b2; --arm4: #007a5a;
        --arm5: #c04b00; --arm6: #a34a80; --arm7: #2c6e9b; }
      @media (prefers-color-scheme: dark) {
        :root { --page: #161616; --ink: #ececec; --muted: #a8a8a8; --grid: #333; --band: #454545;
          --green: #4fd09a; --red: #ff8086;
          --arm0: #fff; --arm1: #9d9d9d; --arm2: #e69f00; --arm3: #56b4e9; --arm4: #2fc29a;
          --arm5: #f5793a; --arm6: #dd8fbd; --arm7: #9fc9e8; }
      }
      body { margin: 0; background: var(--page); color: var(--ink);
        font: 16px/1.5 system-ui, sans-serif; }
      main { max-width: 900px; margin: 0 auto; padding: 1rem; }
      h1 { font-size: 1.8rem; } h2 { font-size: 1.3rem; margin: 2rem 0 .5rem; }
      figure { margin: 0 0 1rem; } figcaption { font-weight: 600; }
      svg { max-width: 100%; height: auto; font-family: system-ui, sans-serif; }
      .multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(380px, 1fr));
        gap: 0 1rem; }
      .banner { border-left: .4rem solid var(--green); padding: .1rem 1rem; }
      .banner.red { border-color: var(--red); }
      .hatched { background: repeating-linear-gradient(135deg,
        transparent 0 6px, var(--band) 6px 7px); }
      .muted { color: var(--muted); }
      table { border-collapse: collapse; font-size: .85rem; width: 100%; }
      th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0;
        border-bottom: 1px solid var(--grid); overflow-wrap: anywhere; }
      .numbers td { font-variant-numeric: tabular-nums; }
      .reason { color: var(--muted); font-style: italic; }
      pre { overflow-x: auto; border: 1px solid var(--grid); padding: .5rem; }
      .legend span { margin-right: 1rem; white-space: nowrap; }
      .legend i { display: inline-block; width: .8rem; height: .8rem; margin-right: .3rem; }
      .arm0 { background: var(--arm0); } .arm1 { background: var(--arm1); }
      .arm2 { background: var(--arm2); } .arm3 { background: var(--arm3); }
      .arm4 { background: var(--arm4); } .arm5 { background: var(--arm5); }
      .arm6 { background: var(--arm6); } .arm7 { background: var(--arm7); }
      @media print {
        :root { --page: #fff; --ink: #000; }
        main { max-width: none; } figure, tr, .banner { break-inside: avoid; }
        h2 { break-after: avoid; } .multiples { grid-template-columns: 1fr 1fr; }
      }
      """;

  private Style() {}
}
