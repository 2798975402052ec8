/** Colors for light and dark mode; neighbors also differ in lightness. */
export const STYLE = `
svg { font: 12px/1.4 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; --paper: #ffffff; --ink: #1f2430;
  --muted: #5a6172; --grid: #e3e6ec; --blue: #2f6fb5; --teal: #11806a; --red: #c02a3c; --amber: #a86400; --violet: #7a4fc0;
  --wash: .3; }
@media (prefers-color-scheme: dark) { svg { --paper: #15181f; --ink: #eceff5; --muted: #a4adbd; --grid: #2c323d;
  --blue: #74aef0; --teal: #4cc9ab; --red: #ff7a86; --amber: #f0b050; --violet: #b79af2; --wash: .42; } }
.paper { fill: var(--paper); }
text { fill: var(--ink); }
.title { font-size: 20px; font-weight: 600; }
.column { font-size: 15px; font-weight: 600; }
.row { font-weight: 600; }
.tick, .muted { fill: var(--muted); }
text.bad { fill: var(--red); }
.tick, .change, .key, text.level { font-size: 11px; }
.grid { stroke: var(--grid); }
.line { fill: none; stroke-width: 1.6; }
.area { fill-opacity: var(--wash); }
.offered, .bar.in { fill: var(--blue); }
.running, .key.capacity { fill: var(--teal); }
.failed, .key.p99, .bar.out { fill: var(--red); }
.area.failed { fill-opacity: .75; }
.waiting, .bar.cooldown { fill: var(--amber); }
.key.desired, .bar.max { fill: var(--ink); }
.key.p50 { fill: var(--violet); }
.line.capacity { stroke: var(--teal); stroke-dasharray: 5 3; }
.line.desired { stroke: var(--ink); }
.line.cpu { stroke: var(--blue); }
.line.p99 { stroke: var(--red); }
.line.p50, .line.cost { stroke: var(--violet); }
line.level { stroke: var(--muted); stroke-dasharray: 2 3; }
text.level { fill: var(--muted); }
text.level, .change { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
`;
