//! How the report looks: white paper, ink, one accent, the red of a seal.

use plotters::style::RGBColor;

/// What counts.
pub(crate) const ACCENT: RGBColor = RGBColor(0xA8, 0x3A, 0x2C);
/// Former runs.
pub(crate) const FORMER: RGBColor = RGBColor(0xCF, 0xCB, 0xC4);
/// Text.
pub(crate) const INK: RGBColor = RGBColor(0x22, 0x24, 0x28);
/// Text of less weight.
pub(crate) const QUIET: RGBColor = RGBColor(0x77, 0x79, 0x7E);
/// Lines.
pub(crate) const RULE: RGBColor = RGBColor(0xE4, 0xE2, 0xDD);

/// The style sheet, within the document: it must stand alone.
pub(crate) const CSS: &str = r#"
:root { --accent: #a83a2c; --former: #cfcbc4; --ink: #222428; --quiet: #77797e; --rule: #e4e2dd; --wash: #faf9f7; }
* { box-sizing: border-box; }
body { margin: 0; background: #fff; color: var(--ink);
  font: 15px/1.6 "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "WenQuanYi Zen Hei",
    system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1020px; margin: 0 auto; padding: 44px 40px 64px; }
header { display: flex; gap: 18px; align-items: center; }
.seal { flex: none; width: 52px; height: 52px; border-radius: 6px; background: var(--accent); color: #fff;
  font-size: 19px; line-height: 1.12; text-align: center; padding-top: 5px; }
h1 { font-size: 25px; line-height: 1.3; margin: 0; font-weight: 600; }
.under { color: var(--quiet); font-size: 14px; }
.under strong { color: var(--accent); font-weight: 600; }
h2 { font-size: 16px; font-weight: 600; margin: 42px 0 12px; padding-bottom: 7px; border-bottom: 1px solid var(--rule); }
h2 .count { color: var(--accent); margin-left: 8px; }
h2 .note { color: var(--quiet); font-weight: 400; font-size: 13px; margin-left: 10px; }
.figures { display: grid; grid-template-columns: repeat(5, 1fr); margin: 30px 0 0; border: 1px solid var(--rule);
  border-radius: 8px; }
.figures div { padding: 14px 18px; border-left: 1px solid var(--rule); }
.figures div:first-child { border-left: 0; }
.figures b { display: block; font-size: 27px; font-weight: 600; line-height: 1.25; }
.figures span { color: var(--quiet); font-size: 13px; }
.figures .look b { color: var(--accent); }
.two { display: grid; grid-template-columns: 1fr 1fr; gap: 0 40px; }
svg { display: block; max-width: 100%; height: auto; }
svg text { font-family: inherit; }
.key { color: var(--quiet); font-size: 13px; margin: 4px 0 0; }
.key i { display: inline-block; width: 22px; height: 10px; margin-right: 6px; background: var(--accent); }
.key i.former { height: 4px; background: var(--former); margin-left: 18px; vertical-align: 3px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; font-weight: 400; color: var(--quiet); font-size: 13px; padding: 4px 14px 4px 0; white-space: nowrap; }
td { padding: 8px 14px 8px 0; border-top: 1px solid var(--rule); vertical-align: top; overflow-wrap: anywhere; }
td:last-child, th:last-child, td.number:last-child, th.number:last-child { padding-right: 0; }
th.number, td.number { text-align: right; white-space: nowrap; padding-right: 28px; }
.zero { color: #b9b7b2; }
.folder { display: block; color: var(--quiet); font-size: 12.5px; }
.hint { display: block; color: var(--quiet); font-size: 13px; }
code { display: block; margin-top: 4px; padding: 3px 8px; background: var(--wash); border-radius: 4px;
  font: 12px/1.6 ui-monospace, "DejaVu Sans Mono", "WenQuanYi Zen Hei Mono", monospace; user-select: all; }
.sum tr:first-child td { border-top: 0; }
.sum td.number { padding-right: 10px; width: 90px; }
.sum td:last-child { width: 76%; }
.sum td:first-child { font-weight: 600; white-space: nowrap; }
.sum .eq { color: var(--quiet); padding-right: 10px; }
.sum em { font-style: normal; margin-right: 16px; white-space: nowrap; }
.sum em b { font-weight: 600; }
.well { color: var(--quiet); }
.alarm { border: 1px solid var(--accent); border-radius: 8px; padding: 12px 18px; margin-top: 24px; color: var(--accent); }
footer { margin-top: 52px; color: var(--quiet); font-size: 12.5px; border-top: 1px solid var(--rule); padding-top: 12px; }
@media (max-width: 760px) { main { padding: 24px 18px; } .two { grid-template-columns: 1fr; }
  .figures { grid-template-columns: repeat(2, 1fr); } .figures div { border-left: 0; } }
@media print { main { max-width: none; padding: 0; } tr, figure, svg { break-inside: avoid; } h2 { break-after: avoid; }
  body { font-size: 12px; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"#;
