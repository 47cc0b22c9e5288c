#include "web/page_assets.h"

#include "base/digest.h"

namespace countersign::web {

std::string_view style_sheet() {
  static constexpr std::string_view kSheet = R"css(
:root {
  color-scheme: light dark;
  --paper: #f4f5f7; --card: #ffffff; --ink: #1b2330; --quiet: #5a6678; --line: #dfe3e9;
  --accent: #1d5fbf; --accent-ink: #ffffff; --accent-soft: #eaf1fb;
  --danger: #ad2b2b; --danger-soft: #fdf0ef; --good: #1e7145; --good-soft: #edf7f1; --warn: #8a5a00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161c; --card: #1b212a; --ink: #e8ecf2; --quiet: #9aa7b8; --line: #313a46;
    --accent: #6ba4f5; --accent-ink: #0d1726; --accent-soft: #1d2a3d;
    --danger: #f08a84; --danger-soft: #35201f; --good: #74c998; --good-soft: #1a2e23; --warn: #e2b35c;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; padding: 0 16px 56px; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei",
    "Noto Sans CJK SC", "Noto Sans", sans-serif;
}
main, .brand { max-width: 680px; margin: 0 auto; }
.brand { padding: 22px 4px 14px; color: var(--quiet); font-size: 14px; letter-spacing: .02em; }
.brand b { color: var(--ink); font-weight: 600; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 28px 32px; margin-bottom: 16px; }
h1 { font-size: 25px; line-height: 1.3; font-weight: 650; margin: 4px 0 14px; overflow-wrap: anywhere; }
h2 { font-size: 13px; font-weight: 600; color: var(--quiet); margin: 0 0 14px; letter-spacing: .03em; }
.eyebrow { margin: 0; color: var(--quiet); font-size: 14px; }
.facts { margin: 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 4px 22px; color: var(--quiet); font-size: 15px; }
.facts b { color: var(--ink); font-weight: 500; }
.facts .late, .facts .late b { color: var(--danger); }
dl { margin: 0; }
dl > div { display: grid; grid-template-columns: 180px 1fr; gap: 2px 20px; padding: 9px 0; border-top: 1px solid var(--line); }
dl > div:first-child { border-top: 0; padding-top: 0; }
dl > div:last-child { padding-bottom: 0; }
dt { color: var(--quiet); font-size: 15px; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
dl > .wide { grid-template-columns: 1fr; }
a { color: var(--accent); }
ul.files { list-style: none; margin: 0; padding: 0; }
.size { color: var(--quiet); font-size: 14px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 15px; }
th { text-align: left; font-weight: 500; color: var(--quiet); font-size: 14px; padding: 4px 12px 6px 0; white-space: nowrap; }
td { border-top: 1px solid var(--line); padding: 7px 12px 7px 0; vertical-align: top; }
td input[type=text] { min-width: 7em; }
ol.history { list-style: none; margin: 0; padding: 0; }
ol.history li { position: relative; padding: 0 0 16px 24px; }
ol.history li:last-child { padding-bottom: 0; }
ol.history li::before { content: ""; position: absolute; left: 2px; top: 8px; width: 9px; height: 9px; border-radius: 50%; background: var(--quiet); }
ol.history li::after { content: ""; position: absolute; left: 6px; top: 21px; bottom: -4px; width: 1px; background: var(--line); }
ol.history li:last-child::after { display: none; }
ol.history li.agrees::before { background: var(--good); }
ol.history li.refuses::before { background: var(--danger); }
ol.history li.void { opacity: .8; }
.what { font-weight: 500; }
.when { color: var(--quiet); font-size: 14px; }
blockquote { margin: 4px 0 0; padding: 0 0 0 12px; border-left: 3px solid var(--line); color: var(--ink); white-space: pre-line; overflow-wrap: anywhere; }
.note { border-radius: 8px; padding: 12px 16px; margin: 0 0 18px; background: var(--accent-soft); }
.note.bad { background: var(--danger-soft); color: var(--danger); }
.note p { margin: 0; }
.field { margin: 0 0 18px; }
.field > label, legend { display: block; font-weight: 500; margin-bottom: 5px; padding: 0; }
fieldset { border: 0; margin: 0 0 18px; padding: 0; min-width: 0; }
.hint { color: var(--quiet); font-size: 14px; font-weight: 400; }
p.hint { margin: 5px 0 0; }
.wrong { color: var(--danger); font-size: 14px; margin: 5px 0 0; }
input[type=text], input[type=email], input[type=url], input[type=date], select, textarea {
  width: 100%; font: inherit; color: inherit; background: var(--card); border: 1px solid #b3bcc9; border-radius: 8px; padding: 9px 12px;
}
input[type=file] { width: 100%; font: inherit; padding: 9px 0; }
input[type=file]::file-selector-button { font: inherit; min-height: 40px; margin-right: 12px; }
@media (prefers-color-scheme: dark) { input[type=text], input[type=email], input[type=url], input[type=date], select, textarea { border-color: #4a5666; } }
textarea { min-height: 92px; resize: vertical; }
.is-wrong { border-color: var(--danger) !important; }
.amount { display: flex; align-items: center; gap: 10px; }
.amount span { color: var(--quiet); }
input:focus-visible, select:focus-visible, textarea:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
.tick { display: flex; gap: 10px; align-items: flex-start; padding: 5px 0; font-weight: 400; }
.tick input { width: 19px; height: 19px; margin: 3px 0 0; flex: none; accent-color: var(--accent); }
.actions { display: flex; flex-wrap: wrap; gap: 12px; margin-top: 24px; }
button {
  font: inherit; font-weight: 550; min-height: 46px; padding: 9px 22px; border-radius: 8px; cursor: pointer;
  border: 1px solid #b3bcc9; background: var(--card); color: var(--ink);
}
button.primary { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); min-width: 150px; }
button.refuses { color: var(--danger); border-color: currentColor; }
button.last { margin-left: auto; }
.result { text-align: center; padding-top: 36px; padding-bottom: 36px; }
.result h1 { margin-bottom: 6px; }
.mark { width: 56px; height: 56px; line-height: 56px; border-radius: 50%; margin: 0 auto 16px; font-size: 28px; background: var(--accent-soft); color: var(--accent); }
.mark.agrees { background: var(--good-soft); color: var(--good); }
.mark.refuses { background: var(--danger-soft); color: var(--danger); }
.result blockquote { display: inline-block; text-align: left; margin-top: 14px; }
.foot { color: var(--quiet); font-size: 13px; text-align: center; margin: 22px auto 0; max-width: 560px; }
summary { cursor: pointer; color: var(--accent); min-height: 24px; }
details[open] > summary { margin-bottom: 18px; }
#comments details, #own details { margin-top: 16px; }
ul.added { list-style: none; margin: 0 0 18px; padding: 0; }
ul.added li { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; padding: 8px 0; border-top: 1px solid var(--line); }
ul.added button { margin-left: auto; }
.mails { list-style: none; margin: 0; padding: 0; }
.mails li { border-top: 1px solid var(--line); padding: 14px 0; }
.mails li:first-child { border-top: 0; padding-top: 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: 14px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; margin: 8px 0 0; }
@media (max-width: 560px) {
  body { padding: 0 12px 40px; }
  .card { padding: 20px 18px; }
  h1 { font-size: 22px; }
  dl > div { grid-template-columns: 1fr; gap: 0; }
  .actions { flex-direction: column; gap: 10px; }
  .actions button { width: 100%; }
  button.last { margin-left: 0; }
}
@media print { .actions, .foot, form { display: none; } body { background: #fff; } .card { border: 0; padding: 0 0 16px; } }
)css";
  return kSheet;
}

const std::string& style_sheet_name() {
  static const std::string kName = "style-" + to_hex(as_text(sha256(style_sheet()))).substr(0, 12) + ".css";
  return kName;
}

std::string_view view_script() {
  static constexpr std::string_view kScript = R"js("use strict";
(() => {
  const {view, csrf} = document.currentScript.dataset;
  const signs = ["pointerdown", "keydown", "touchstart", "scroll", "wheel"];
  const tell = () => {
    for (const sign of signs) removeEventListener(sign, tell);
    fetch(view, {method: "POST", body: new URLSearchParams({csrf}), keepalive: true}).catch(() => {});
  };
  for (const sign of signs) addEventListener(sign, tell, {passive: true});
})();
)js";
  return kScript;
}

const std::string& view_script_name() {
  static const std::string kName = "view-" + to_hex(as_text(sha256(view_script()))).substr(0, 12) + ".js";
  return kName;
}

}  // namespace countersign::web
