"""How the page looks: on a screen of any width, by day and by night, and on paper."""

STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #ffffff;
  --line: #c8ced5; --band: #f4f6f8; --full: #1f5fa8; --mark: #b3400c; --alarm: #b42318;
  --alarm-paper: #fdecea; --live: #8c1d12; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ed; --soft: #a3acb6; --paper: #14181d; --line: #3a424c; --band: #1d232a;
    --full: #6aa9f0; --mark: #f2a65a; --alarm: #ff9d91; --alarm-paper: #3a1714;
    --live: #8c1d12; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 80rem; background: var(--paper);
  color: var(--ink); font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 0 0 0.5rem; }
a { color: inherit; }
.banner { margin: 0; padding: 0.4rem 0.75rem; font-weight: 700; border: 2px solid var(--ink); }
.banner.live { background: var(--live); color: #ffffff; border-color: var(--live); }
section { margin-top: 2rem; padding-top: 1rem; border-top: 2px solid var(--line); }
.state { font-weight: 700; border: 1px solid currentColor; border-radius: 0.25rem;
  padding: 0 0.35rem; white-space: nowrap; }
.alarm { margin: 0.75rem 0; padding: 0.5rem 0.75rem; border-left: 0.3rem solid var(--alarm);
  background: var(--alarm-paper); }
ul.alarm { padding-left: 1.75rem; }
ul.alarm > li:only-child { list-style: none; margin-left: -1rem; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr));
  gap: 0.35rem 1.5rem; margin: 0.75rem 0; }
dl div { border-bottom: 1px solid var(--line); }
dt { color: var(--soft); font-size: 0.85rem; }
dd { margin: 0; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem;
  font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 700; padding: 0.25rem 0; }
th, td { padding: 0.3rem 0.5rem; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; }
tbody td.words:last-child { min-width: 12rem; overflow-wrap: anywhere; }
thead th { color: var(--soft); vertical-align: bottom; }
tbody tr:nth-child(even) { background: var(--band); }
.number { text-align: right; }
td.number { white-space: nowrap; }
.bars { display: block; width: 100%; min-width: 8rem; height: 1.4rem; }
.bars * { vector-effect: non-scaling-stroke; }
.zero { stroke: var(--soft); stroke-width: 1; }
.before { fill: none; stroke: var(--ink); stroke-width: 1; }
.after { fill: var(--full); stroke: var(--full); stroke-width: 1; }
.target { stroke: var(--mark); stroke-width: 3; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; margin: 0; color: var(--soft);
  font-size: 0.85rem; }
.legend > span { display: flex; align-items: center; gap: 0.4rem; }
.legend .bars { width: 2.5rem; min-width: 0; }
.remark { color: var(--soft); font-size: 0.85rem; }
@media screen and (max-width: 64rem) {
  table, tbody, tr, th, td, caption { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden;
    clip-path: inset(50%); }
  tbody tr { border: 1px solid var(--line); border-radius: 0.25rem; margin: 0.5rem 0;
    padding: 0.35rem 0.5rem; }
  tbody th, tbody td { display: flex; justify-content: space-between; gap: 1rem; border: 0;
    padding: 0.1rem 0; text-align: right; }
  tbody th::before, tbody td::before { content: attr(data-label); color: var(--soft);
    font-weight: 400; text-align: left; flex: 0 0 auto; }
  tbody .words > span { overflow-wrap: anywhere; }
  tbody td.words:last-child { min-width: 0; }
  tbody td.picture > span { flex: 1 1 auto; } }
@media print {
  @page { margin: 1cm; }
  :root { font-size: 9pt; }
  body { max-width: none; padding: 0; }
  table { font-size: 7.5pt; }
  .scroll { overflow: visible; }
  tr, dl div { break-inside: avoid; }
  h2, caption { break-after: avoid; }
  .banner.live { color: #000000; background: none; border-color: #000000; } }
"""
