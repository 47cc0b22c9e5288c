#include "web/page_templates.h"

#include <string>

namespace countersign::web {

std::string_view frame_template() {
  static constexpr std::string_view kTemplate = R"html(<!doctype html>
<html lang="{{lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>{{title}}</title>
<link rel="stylesheet" href="{{base}}/assets/{{style}}">
</head>
<body>
<p class="brand"><b>Countersign</b> 会签</p>
<main>
{{{body}}}
</main>
</body>
</html>
)html";
  return kTemplate;
}

namespace {

// The request as whoever reads it may see it: what it is, its data, who has decided.
constexpr std::string_view kRequestPart = R"html(<section class="card">
<p class="eyebrow">{{workflow}} · {{reference}}</p>
<h1>{{question}}</h1>
<ul class="facts">
{{#requester}}<li>{{t.asked_by}} <b>{{requester}}</b></li>{{/requester}}
<li>{{t.since}} <b>{{started}}</b></li>
{{#due}}<li{{#overdue}} class="late"{{/overdue}}>{{#overdue}}{{t.overdue}}{{/overdue}}{{^overdue}}{{t.due}}{{/overdue}} <b>{{due}}</b></li>{{/due}}
{{#stage}}<li>{{t.stage}} <b>{{stage}}</b></li>{{/stage}}
{{#stand_ins}}<li>{{words}}</li>{{/stand_ins}}
{{#later_round}}<li>{{t.round}} <b>{{later_round}}</b></li>{{/later_round}}
</ul>
</section>
{{#has_fields}}
<section class="card">
<h2>{{t.request}}</h2>
<dl>
{{#fields}}
<div{{#wide}} class="wide"{{/wide}}><dt>{{label}}</dt><dd>{{text}}{{#has_files}}<ul class="files">{{#files}}<li><a href="{{url}}">{{name}}</a> <span class="size">{{size}}</span></li>{{/files}}</ul>{{/has_files}}{{#has_rows}}<div class="scroll"><table><thead><tr>{{#columns}}<th>{{.}}</th>{{/columns}}</tr></thead><tbody>{{#rows}}<tr>{{#cells}}<td>{{.}}</td>{{/cells}}</tr>{{/rows}}</tbody></table></div>{{/has_rows}}</dd></div>
{{/fields}}
</dl>
</section>
{{/has_fields}}
<section class="card">
<h2>{{t.history}}</h2>
{{^has_history}}<p class="eyebrow">{{t.nobody_yet}}</p>{{/has_history}}
{{#has_history}}
<ol class="history">
{{#history}}
<li class="{{tone}}{{#void}} void{{/void}}"><span class="what">{{words}}</span> · {{who}}{{#for_whom}} ({{for_whom}}){{/for_whom}}{{#void}} · {{t.void}}{{/void}}<br><span class="when">{{step}} · {{when}}</span>{{#comment}}<blockquote>{{comment}}</blockquote>{{/comment}}</li>
{{/history}}
</ol>
{{/has_history}}
</section>
)html";

}  // namespace

std::string_view readers_template() {
  static const std::string kTemplate = std::string(kRequestPart) + R"html(<section class="card">
<p>{{t.readers_text}}</p>
<p class="when">{{t.now}}: {{status}}</p>
{{#done}}<p role="status">{{done}}</p>{{/done}}
</section>
{{{more}}}
<p class="foot">{{t.identity}} {{sent_to}}. {{t.do_not_forward}}</p>
)html";
  return kTemplate;
}

std::string_view action_template() {
  static const std::string kTemplate = std::string(kRequestPart) + R"html(<section class="card">
<h2>{{#revision}}{{t.your_correction}}{{/revision}}{{^revision}}{{t.your_decision}}{{/revision}}</h2>
{{#message}}<div class="note bad" role="alert"><p>{{message}}</p></div>{{/message}}
{{#done}}<div class="note" role="status"><p>{{done}}</p></div>{{/done}}
{{#asked_because}}<div class="note"><p>{{asked_because}}</p>{{#note}}<blockquote>{{note}}</blockquote>{{/note}}</div>{{/asked_because}}
{{#returned_by}}<div class="note"><p>{{t.returned_by}} {{returned_by}}</p>{{#returned_why}}<blockquote>{{returned_why}}</blockquote>{{/returned_why}}</div>{{/returned_by}}
<form method="post" action="{{action}}" accept-charset="utf-8"{{#with_files}} enctype="multipart/form-data"{{/with_files}}>
<button type="submit" disabled hidden></button>
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="version" value="{{version}}">
{{#has_edits}}{{^revision}}<h2>{{t.to_change}}</h2>{{/revision}}{{/has_edits}}
{{{edits}}}
{{{asks}}}
{{#has_checklist}}
<fieldset><legend>{{t.checklist}}</legend>
{{#checklist}}<label class="tick"><input type="checkbox" name="check" value="{{id}}"{{#checked}} checked{{/checked}}> <span>{{text}}</span></label>{{/checklist}}
{{#checklist_wrong}}<p class="wrong">{{checklist_wrong}}</p>{{/checklist_wrong}}
</fieldset>
{{/has_checklist}}
{{#confirm}}
<fieldset><legend>{{t.confirm}}</legend>
<label class="tick"><input type="checkbox" name="confirmed" value="yes"{{#confirm_checked}} checked{{/confirm_checked}}> <span>{{confirm}}</span></label>
{{#confirm_wrong}}<p class="wrong">{{confirm_wrong}}</p>{{/confirm_wrong}}
</fieldset>
{{/confirm}}
<div class="field">
<label for="comment">{{t.comment}} <span class="hint">{{t.optional}}</span></label>
<textarea id="comment" name="comment" rows="3" maxlength="10000"{{#comment_wrong}} class="is-wrong"{{/comment_wrong}}>{{comment}}</textarea>
{{#comment_wrong}}<p class="wrong">{{comment_wrong}}</p>{{/comment_wrong}}
{{#comment_hint}}<p class="hint">{{t.comment_why}}</p>{{/comment_hint}}
</div>
{{#has_targets}}
<div class="field">
<label for="return_to">{{t.return_to}}</label>
<select id="return_to" name="return_to">{{#targets}}<option value="{{id}}"{{#chosen}} selected{{/chosen}}>{{label}}</option>{{/targets}}</select>
{{#target_wrong}}<p class="wrong">{{target_wrong}}</p>{{/target_wrong}}
</div>
{{/has_targets}}
<div class="actions">
{{#outcomes}}<button type="submit" name="outcome" value="{{outcome}}" class="{{tone}}">{{button}}</button>
{{/outcomes}}</div>
</form>
</section>
{{{more}}}
<p class="foot">{{t.identity}} {{sent_to}}. {{t.do_not_forward}}{{#away}} <a href="{{away}}">{{t.away_link}}</a>{{/away}}</p>
{{#view}}<script src="{{script}}" data-view="{{view}}" data-csrf="{{csrf}}" defer></script>{{/view}}
)html";
  return kTemplate;
}

std::string_view absence_template() {
  static constexpr std::string_view kTemplate = R"html(<section class="card">
<p class="eyebrow">{{person}}</p>
<h1>{{t.away_title}}</h1>
<p>{{t.away_text}}</p>
{{#done}}<div class="note" role="status"><p>{{done}}</p></div>{{/done}}
{{#message}}<div class="note bad" role="alert"><p>{{message}}</p></div>{{/message}}
</section>
{{#has_absences}}
<section class="card">
<h2>{{t.away_now}}</h2>
{{#absences}}
<form method="post" action="{{action}}" accept-charset="utf-8">
<p><b>{{from}} – {{until}}</b>{{#stand_in}}<br>{{t.away_by}} {{stand_in}}{{/stand_in}}{{^stand_in}}<br>{{t.away_nobody}}{{/stand_in}}{{#scope}}<br><span class="hint">{{scope}}</span>{{/scope}}{{#reason}}<br><span class="hint">{{reason}}</span>{{/reason}}</p>
<input type="hidden" name="csrf" value="{{csrf}}">
{{#id}}<input type="hidden" name="end" value="{{id}}">
<div class="actions"><button type="submit" class="returns">{{t.away_end}}</button></div>{{/id}}
</form>
{{/absences}}
</section>
{{/has_absences}}
<section class="card">
<h2>{{t.away_new}}</h2>
<form method="post" action="{{action}}" accept-charset="utf-8">
<input type="hidden" name="csrf" value="{{csrf}}">
{{#fields}}
<div class="field">
<label for="{{name}}">{{label}}{{#optional}} <span class="hint">{{t.optional}}</span>{{/optional}}</label>
<input id="{{name}}" name="{{name}}" type="{{type}}" value="{{value}}"{{^optional}} required{{/optional}} maxlength="500"{{#wrong}} class="is-wrong"{{/wrong}}>
{{#hint}}<p class="hint">{{hint}}</p>{{/hint}}
{{#wrong}}<p class="wrong">{{wrong}}</p>{{/wrong}}
</div>
{{/fields}}
{{#has_workflows}}<details{{#narrowed}} open{{/narrowed}}><summary>{{t.away_workflows}}</summary>
<fieldset><legend>{{t.away_workflows_why}}</legend>
{{#workflows}}<label class="tick"><input type="checkbox" name="workflow" value="{{id}}"{{#checked}} checked{{/checked}}> <span>{{title}}</span></label>{{/workflows}}
</fieldset></details>{{/has_workflows}}
<div class="actions"><button type="submit" class="agrees primary">{{t.away_set}}</button></div>
</form>
</section>
<p class="foot"><a href="{{back}}">{{t.away_back}}</a></p>
)html";
  return kTemplate;
}

std::string_view acts_template() {
  static constexpr std::string_view kTemplate = R"html({{#own}}<section class="card" id="own">
<h2>{{#take_back}}{{t.take_back_title}}{{/take_back}}{{^take_back}}{{t.own_request}}{{/take_back}}</h2>
{{#refused_own}}<div class="note bad" role="alert"><p>{{refused_own}}</p></div>{{/refused_own}}
{{#has_own}}<form method="post" action="{{action}}" accept-charset="utf-8">
<button type="submit" disabled hidden></button>
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="version" value="{{version}}">
<input type="hidden" name="once" value="{{once}}">
{{#take_back}}<p>{{t.take_back_why}}</p>{{/take_back}}
{{#asks_reason}}<div class="field"><label for="reason">{{t.reason}} <span class="hint">{{t.optional}}</span></label>
<input type="text" id="reason" name="reason" value="{{reason}}" maxlength="2000"></div>{{/asks_reason}}
<div class="actions">
{{#take_back}}<button type="submit" name="act" value="take_back" class="returns">{{t.take_back}}</button>
{{/take_back}}{{#nudge}}<button type="submit" name="act" value="nudge">{{t.nudge}}</button>
{{/nudge}}{{#withdraw}}<button type="submit" name="act" value="withdraw" class="returns">{{t.withdraw}}</button>
{{/withdraw}}</div>
</form>{{/has_own}}
{{#cancel}}<details><summary>{{t.cancel_title}}</summary>
<form method="post" action="{{action}}" accept-charset="utf-8">
<button type="submit" disabled hidden></button>
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="version" value="{{version}}">
<input type="hidden" name="once" value="{{once}}">
<p>{{t.cancel_why}}</p>
<div class="field"><label for="cancel_reason">{{t.reason}} <span class="hint">{{t.optional}}</span></label>
<input type="text" id="cancel_reason" name="reason" value="{{reason}}" maxlength="2000"></div>
<div class="actions"><button type="submit" name="act" value="cancel" class="refuses">{{t.cancel}}</button></div>
</form>
</details>{{/cancel}}
</section>
{{/own}}
{{#has_talk}}<section class="card" id="comments">
<h2>{{t.comments}}</h2>
{{#refused_comment}}<div class="note bad" role="alert"><p>{{refused_comment}}</p></div>{{/refused_comment}}
{{^has_comments}}<p class="eyebrow">{{t.no_comments}}</p>{{/has_comments}}
{{#has_comments}}<ol class="history">
{{#comments}}<li><span class="what">{{who}}</span> <span class="when">{{when}}</span><blockquote>{{text}}</blockquote></li>
{{/comments}}</ol>{{/has_comments}}
{{#comment}}<details{{#refused_comment}} open{{/refused_comment}}><summary>{{t.comment_new}}</summary>
<form method="post" action="{{action}}" accept-charset="utf-8">
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="version" value="{{version}}">
<input type="hidden" name="once" value="{{once}}">
<div class="field"><label for="text">{{t.comments}}</label>
<textarea id="text" name="text" rows="2" maxlength="5000">{{text}}</textarea>
<p class="hint">{{t.mention_hint}}</p></div>
<div class="actions"><button type="submit" name="act" value="comment">{{t.comment_send}}</button></div>
</form>
</details>{{/comment}}
</section>
{{/has_talk}}
{{#has_more}}<section class="card">
<details{{#open}} open{{/open}}><summary>{{t.more}}</summary>
{{#refused_more}}<div class="note bad" role="alert"><p>{{refused_more}}</p></div>{{/refused_more}}
<form method="post" action="{{action}}" accept-charset="utf-8">
<button type="submit" disabled hidden></button>
<input type="hidden" name="csrf" value="{{csrf}}">
<input type="hidden" name="version" value="{{version}}">
<input type="hidden" name="once" value="{{once}}">
{{#claim}}<p class="hint">{{t.claim_why}}</p><div class="actions"><button type="submit" name="act" value="claim">{{t.claim}}</button></div>{{/claim}}
{{#release}}<div class="actions"><button type="submit" name="act" value="release">{{t.release}}</button></div>{{/release}}
{{#has_added}}<ul class="added">
{{#added}}<li>{{who}} · {{how}} <button type="submit" name="act" value="remove.{{item}}.{{item_version}}">{{t.take_off}}</button></li>
{{/added}}</ul>{{/has_added}}
{{#names_somebody}}
<div class="field"><label for="who">{{t.who}} <span class="hint">{{t.person_hint}}</span></label>
<input type="text" id="who" name="who" value="{{who}}" maxlength="300" autocapitalize="none" autocomplete="off"></div>
<div class="field"><label for="note">{{t.note}} <span class="hint">{{t.optional}}</span></label>
<input type="text" id="note" name="note" value="{{note}}" maxlength="2000"></div>
{{#add}}<div class="field"><label for="where">{{t.where}}</label>
<select id="where" name="where"><option value="before">{{t.where_before}}</option><option value="after">{{t.where_after}}</option><option value="beside">{{t.where_beside}}</option></select></div>{{/add}}
<div class="actions">
{{#transfer}}<button type="submit" name="act" value="transfer">{{t.transfer}}</button>
{{/transfer}}{{#delegate}}<button type="submit" name="act" value="delegate">{{t.delegate}}</button>
{{/delegate}}{{#add}}<button type="submit" name="act" value="add">{{t.add}}</button>
{{/add}}</div>
{{/names_somebody}}
</form>
</details>
</section>
{{/has_more}}
)html";
  return kTemplate;
}

std::string_view result_template() {
  static constexpr std::string_view kTemplate = R"html(<section class="card result">
{{#mark}}<div class="mark {{tone}}" aria-hidden="true">{{mark}}</div>{{/mark}}
{{#reference}}<p class="eyebrow">{{workflow}} · {{reference}}</p>{{/reference}}
<h1>{{heading}}</h1>
{{#text}}<p>{{text}}</p>{{/text}}
{{#decided}}<p class="when">{{who}}{{#for_whom}} ({{for_whom}}){{/for_whom}} · {{when}}</p>{{#comment}}<blockquote>{{comment}}</blockquote>{{/comment}}{{/decided}}
{{#status}}<p class="when">{{t.now}}: {{status}}</p>{{/status}}
{{#done}}<p role="status">{{done}}</p>{{/done}}
</section>
{{{more}}}
)html";
  return kTemplate;
}

std::string_view mailbox_template() {
  static constexpr std::string_view kTemplate = R"html(<section class="card">
<h1>Mailbox</h1>
<p class="eyebrow">What would have been sent. Nothing leaves this machine in --dev.{{#to}} To: {{to}}{{/to}}</p>
</section>
<section class="card">
{{^has_messages}}<p class="eyebrow">Nothing yet.</p>{{/has_messages}}
<ul class="mails">
{{#messages}}
<li id="m{{id}}"><div class="what">{{subject}}</div><div class="when">{{channel}} · {{to}} · {{at}}</div>
<details><summary>Text</summary><pre>{{text}}</pre></details>
{{#has_links}}<p>{{#links}}<a href="{{.}}">{{.}}</a><br>{{/links}}</p>{{/has_links}}
</li>
{{/messages}}
</ul>
</section>
)html";
  return kTemplate;
}

}  // namespace countersign::web
