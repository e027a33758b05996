/** The look of the page: light and dark by the reader's system, and on paper A4 with a reviewer on each sheet. Nothing is said by colour alone. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ground: #ffffff; --panel: #f6f5f1; --text: #1d1e20; --dim: #5b5e63; --line: #d9d7cf; --accent: #7a3b1e;
  --keep: #2c6b3f; --lower: #1f5a9e; --remove: #ae2318; --ask: #805400; --cell-1: #efe6dc; --cell-2: #dcc3aa; --cell-3: #a5633b; --on-3: #ffffff; --focus: #1f5a9e; }
@media (prefers-color-scheme: dark) { :root { --ground: #17181a; --panel: #212326; --text: #ececea; --dim: #a9acb2; --line: #3a3d42; --accent: #e7a582;
  --keep: #86cf9b; --lower: #8fbcf5; --remove: #ff9a8f; --ask: #eebf62; --cell-1: #35302b; --cell-2: #5f4838; --cell-3: #c98a63; --on-3: #17181a; --focus: #8fbcf5; } }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, header, footer { max-width: 1280px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 28px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 28px 0 10px; letter-spacing: -0.005em; }
h3 { font-size: 15px; margin: 18px 0 6px; }
p { margin: 0 0 10px; max-width: 75ch; }
.dim { color: var(--dim); }
a.skip { position: absolute; left: -999px; } a.skip:focus { left: 12px; top: 8px; background: var(--ground); padding: 6px 10px; z-index: 3; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 10px; margin: 20px 0 12px; padding: 0; list-style: none; }
.tiles li { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; }
.tiles strong { display: block; font-size: 26px; line-height: 1.2; font-variant-numeric: tabular-nums; font-weight: 650; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; padding: 0; margin: 0; list-style: none; }
.chips li, .flag { border: 1px solid var(--line); border-radius: 99px; padding: 1px 9px; font-size: 13px; white-space: nowrap; }
.flag { display: inline-block; margin: 1px 4px 1px 0; padding: 0 7px; font-size: 12px; }
.notice { border-left: 3px solid var(--ask); background: var(--panel); padding: 8px 12px; margin: 10px 0; overflow-wrap: anywhere; }
.advice { font-weight: 650; white-space: nowrap; } .keep { color: var(--keep); } .lower { color: var(--lower); } .remove { color: var(--remove); } .ask { color: var(--ask); }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 8px 10px; color: var(--dim); font-size: 13px; }
th, td { text-align: left; vertical-align: top; padding: 6px 8px; border-top: 1px solid var(--line); }
td { max-width: 240px; overflow-wrap: break-word; }
@media screen and (min-width: 641px) { #grants td { max-width: 164px; } #grants td:nth-child(2) { max-width: 136px; } #grants td:nth-child(3) { max-width: 184px; } #grants td.declared { max-width: 100px; } #grants td.why { max-width: none; } }
thead th { background: var(--panel); border-top: 0; white-space: nowrap; }
tbody th { font-weight: 550; overflow-wrap: anywhere; min-width: 190px; }
td.day:not(.declared) { white-space: nowrap; } td.since .kind { white-space: normal; overflow-wrap: anywhere; min-width: 144px; } code { font: inherit; display: inline-block; max-width: 100%; overflow-wrap: anywhere; } .scroll td:last-child { min-width: 200px; max-width: none; overflow-wrap: anywhere; }
td.why { min-width: 200px; overflow-wrap: anywhere; } td.number { text-align: right; }
.kind { display: block; font-size: 12px; font-weight: 400; color: var(--dim); }
thead button { all: unset; cursor: pointer; font-weight: 650; } thead button:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
th[aria-sort="ascending"] button::after { content: " \\2191"; } th[aria-sort="descending"] button::after { content: " \\2193"; }
.controls { display: flex; flex-wrap: wrap; gap: 10px; align-items: end; margin: 0 0 10px; }
.controls label { display: grid; gap: 2px; font-size: 13px; color: var(--dim); } .controls .wide { flex: 1 1 240px; }
input, select, .more { font: inherit; color: var(--text); background: var(--ground); border: 1px solid var(--dim); border-radius: 6px; padding: 6px 9px; min-height: 36px; width: 100%; }
.more { width: auto; cursor: pointer; margin: 10px 0; }
.charts { display: grid; gap: 18px; } .charts > section, figure { min-width: 0; margin: 0; } figcaption { color: var(--dim); font-size: 13px; margin: 0 0 6px; max-width: 90ch; }
svg { display: block; height: auto; max-width: 100%; } svg text { fill: var(--text); font: 12px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; } svg .dim { fill: var(--dim); } svg .end { text-anchor: end; } svg .middle { text-anchor: middle; }
.scroll svg { max-width: none; } .multiples svg { width: 100%; }
svg .axis { stroke: var(--line); } svg .limit { stroke: var(--remove); stroke-width: 2; } svg .bar { fill: var(--accent); } svg .dot { fill: var(--keep); fill-opacity: 0.75; } svg .late { fill: none; stroke: var(--remove); stroke-width: 2; } svg .free { fill: var(--dim); fill-opacity: 0.6; }
svg .l1 { fill: var(--cell-1); } svg .l2 { fill: var(--cell-2); } svg .l3 { fill: var(--cell-3); } svg .none { fill: var(--panel); } svg text.on3 { fill: var(--on-3); }
details { margin-top: 6px; } summary { cursor: pointer; color: var(--dim); font-size: 13px; padding: 4px 0; }
.lanes { display: grid; grid-template-columns: fit-content(40%) minmax(0, 1fr); column-gap: 18px; padding: 6px 28px 6px 12px; font-size: 12px; } .lanes div { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; text-align: right; line-height: 30px; max-width: 190px; } .lanes svg { width: 100%; height: 30px; overflow: visible; } .lanes svg.scale { height: 18px; } .lanes div:first-child { line-height: 18px; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 14px; padding: 10px 12px; } .multiples .dim { font-size: 13px; } .multiples h3 { margin: 0; font-size: 13px; font-weight: 600; overflow-wrap: anywhere; }
footer { padding: 30px 20px 40px; color: var(--dim); font-size: 13px; }
#paper, #printed { display: none; }
@media screen and (max-width: 640px) { svg text.odd { display: none; } #grants table, .cards table, #grants tbody, .cards tbody, #grants tr, .cards tr, #grants caption, .cards caption { display: block; } .cards thead { display: none; } #grants thead { display: block; } #grants thead tr { display: flex; flex-wrap: wrap; background: var(--panel); } #grants thead th { padding: 3px 8px; }
  #grants tbody tr, .cards tbody tr { border-top: 1px solid var(--line); padding: 8px 0; } #grants tbody th, .cards tbody th { display: block; } #grants tbody :is(td, th), .cards tbody :is(td, th) { border: 0; padding: 1px 10px; min-width: 0; max-width: 100%; } #grants tbody td, .cards tbody td { display: inline-block; } #grants tbody td:empty { display: none; } #grants td[data-label]::before { content: attr(data-label) " "; color: var(--dim); font-size: 12px; } #grants tbody td:last-child, .cards tbody td:last-child { display: block; min-width: 0; } }
@page { size: A4; margin: 14mm 12mm; }
@page grants { size: A4 landscape; }
@media print { :root { --ground: #ffffff; --panel: #f6f5f1; --text: #1d1e20; --dim: #5b5e63; --line: #d9d7cf; --accent: #7a3b1e; --keep: #2c6b3f; --lower: #1f5a9e; --remove: #ae2318; --ask: #805400; --cell-1: #efe6dc; --cell-2: #dcc3aa; --cell-3: #a5633b; --on-3: #ffffff; }
  html { print-color-adjust: exact; -webkit-print-color-adjust: exact; } body { font-size: 9.5pt; } main, header, footer { max-width: none; padding: 0; } #grants, a.skip, details, .more { display: none; } #paper { display: block; }
  .tiles { grid-template-columns: repeat(6, 1fr); } .tiles li { padding: 6px 8px; } .tiles strong { font-size: 18pt; }
  #paper section { break-before: page; page: grants; } table { font-size: 8pt; } th, td { padding: 3px 5px; } tr, figure, .tiles li { break-inside: avoid; } thead { display: table-header-group; } .scroll { overflow: visible; border: 0; } tbody th { min-width: 0; width: 46mm; } td.why, .scroll td:last-child { min-width: 0; } h2, h3 { break-after: avoid; } .kind, .flag { font-size: 7pt; } .scroll > svg { max-width: 100%; height: auto; } .flag { white-space: normal; }
  .tiles li { font-size: 8.5pt; } #printed:not(:empty) { display: block; max-width: none; }
  #paper table { table-layout: fixed; } #paper td { overflow-wrap: anywhere; } #paper td.declared, #paper td.since .kind { white-space: normal; min-width: 0; } #paper p { max-width: none; } #paper .decision { border: 1px solid var(--line); }
  #paper th:nth-child(1) { width: 38mm; } #paper th:nth-child(2) { width: 22mm; } #paper th:nth-child(3) { width: 37mm; } #paper th:nth-child(4) { width: 34mm; } #paper th:nth-child(5) { width: 19mm; } #paper th:nth-child(6) { width: 17mm; } #paper th:nth-child(7) { width: 25mm; } #paper th:nth-child(8) { width: 14mm; } #paper th:nth-child(10) { width: 18mm; }
  #paper .signed { width: 120mm; margin: 6mm 0; border-bottom: 1px solid var(--dim); break-after: avoid; } }
`;
