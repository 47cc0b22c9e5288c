#include "web/page_phrases.h"

#include <array>

#include "base/error.h"
#include "runtime/phrases.h"

namespace countersign::web {

namespace {

struct Phrase {
  std::string_view key, english, chinese;
};

constexpr std::array kPhrases{
    Phrase{"asked_by", "Requested by", "申请人"},
    Phrase{"since", "Submitted", "提交于"},
    Phrase{"for", "For", "处理人"},
    Phrase{"due", "Due", "截止"},
    Phrase{"overdue", "Overdue since", "已逾期，截止"},
    Phrase{"stage", "Stage", "阶段"},
    Phrase{"round", "Round", "轮次"},
    Phrase{"readers_title", "For you to read", "供您查阅"},
    Phrase{"readers_text", "Nothing is asked of you here.", "此页面仅供查阅，无需您处理。"},
    Phrase{"request", "The request", "申请内容"},
    Phrase{"history", "Decided so far", "审批记录"},
    Phrase{"nobody_yet", "Nobody has decided yet.", "暂无审批记录。"},
    Phrase{"void", "does not count any more", "已失效"},
    Phrase{"your_decision", "Your decision", "您的意见"},
    Phrase{"your_correction", "Your correction", "修改申请"},
    Phrase{"comment", "Comment", "意见"},
    Phrase{"comment_why", "Needed where you reject or return: say why.", "驳回或退回时必须填写原因。"},
    Phrase{"comment_missing", "Please say why.", "请填写原因。"},
    Phrase{"ticks_missing", "Please tick off everything first.", "请先勾选全部检查项。"},
    Phrase{"optional", "optional", "选填"},
    Phrase{"checklist", "Checklist", "检查清单"},
    Phrase{"confirm", "With an approval you confirm", "批准即表示确认"},
    Phrase{"to_change", "You may correct", "可修改的内容"},
    Phrase{"return_to", "If you return it, to", "退回给"},
    Phrase{"please_choose", "Please choose", "请选择"},
    Phrase{"person_hint", "Id or mail address", "工号或邮箱"},
    Phrase{"datetime_hint", "As 2026-03-02T10:14:00+08:00", "格式：2026-03-02T10:14:00+08:00"},
    Phrase{"new_rows", "Leave rows empty that you do not need.", "不需要的行请留空。"},
    Phrase{"keep_file", "keep", "保留"},
    Phrase{"add_file", "Choose a file, at most {0}.", "选择文件，不超过 {0}。"},
    Phrase{"add_files", "Choose files, each at most {0}.", "选择文件，每个不超过 {0}。"},
    Phrase{"file_too_large", "'{0}' is larger than {1}.", "文件“{0}”超过 {1}。"},
    Phrase{"files_too_many", "'{0}' is one file too many: send at most {1} at once.",
           "文件“{0}”超出数量限制，一次最多上传 {1} 个。"},
    Phrase{"file_kind",
           "'{0}' is of no kind that is accepted: PDF, PNG, JPEG, office documents and plain text are.",
           "不接受文件“{0}”的类型，可上传 PDF、PNG、JPEG、Office 文档和纯文本。"},
    Phrase{"you_stand_in", "You stand in for {0} until {1}.", "您正在代理 {0}，至 {1}。"},
    Phrase{"stands_in", "{0} stands in for {1} until {2} and may answer too.",
           "{0} 正在代理 {1}，至 {2}，也可处理此事。"},
    Phrase{"for_whom", "for {0}", "代 {0}"},
    Phrase{"away_link", "I am away", "设置代理"},
    Phrase{"away_title", "When you are away", "外出代理"},
    Phrase{"away_text",
           "Somebody may answer in your place meanwhile, also what is open already. The record names both of "
           "you. You may go on answering yourself.",
           "外出期间，代理人可以代您处理事项，包括已经打开的事项，记录会同时写明两人。您仍可自行处理。"},
    Phrase{"away_now", "Set", "已设置"},
    Phrase{"away_new", "Set a new one", "新增"},
    Phrase{"away_by", "In your place:", "代理人："},
    Phrase{"away_nobody", "Nobody acts in your place.", "无代理人。"},
    Phrase{"away_end", "End it", "结束"},
    Phrase{"away_set", "Set it", "设置"},
    Phrase{"away_back", "Back", "返回"},
    Phrase{"away_from", "First day", "开始日期"},
    Phrase{"away_until", "Last day", "结束日期"},
    Phrase{"away_stand_in", "Who acts in your place", "代理人"},
    Phrase{"away_workflows", "Only for some kinds of requests", "仅限部分类型的申请"},
    Phrase{"away_workflows_why", "With none ticked, for all of them", "不勾选则适用于全部类型"},
    Phrase{"away_up_to", "Only requests up to this amount, as 10000 CNY",
           "仅限不超过此金额的申请，如 10000 CNY"},
    Phrase{"away_reason", "Reason", "原因"},
    Phrase{"away_is_set", "It is set.", "已设置。"},
    Phrase{"away_overlaps", "Another one names somebody else for the same time: whichever ends last counts.",
           "同一时段另有其他代理人：以结束较晚的设置为准。"},
    Phrase{"away_is_over", "It is over.", "已结束。"},
    Phrase{"away_from_wrong", "Write a day as 2026-11-23.", "请填写日期，如 2026-11-23。"},
    Phrase{"away_until_wrong", "Write a day as 2026-12-04 that is not over and not before the first one.",
           "请填写未过去且不早于开始日期的日期，如 2026-12-04。"},
    Phrase{"away_stand_in_wrong",
           "Name an active person other than yourself, by id or mail address, or nobody.",
           "请填写本人以外的在职人员的工号或邮箱，或留空。"},
    Phrase{"away_up_to_wrong", "Write an amount with its currency, as 10000 CNY.",
           "请填写金额和币种，如 10000 CNY。"},
    Phrase{"away_reason_wrong", "That is too long.", "内容过长。"},
    Phrase{"row", "Row {0}, {1}: {2}", "第 {0} 行，{1}：{2}"},
    Phrase{"yes", "Yes", "是"},
    Phrase{"returned_by", "Returned by", "退回人"},
    Phrase{"not_accepted", "This could not be accepted yet. Please look at what is marked below.",
           "提交未成功，请查看下方标出的内容。"},
    Phrase{"changed_meanwhile", "This request changed while you were looking at it. Please check it again.",
           "您查看期间该申请已有变化，请再次确认。"},
    Phrase{"not_fitting", "This cannot be accepted: {0}", "内容不符合要求：{0}"},
    Phrase{"not_yours", "This is not yours to decide.", "您无权处理该事项。"},
    Phrase{"stands_still",
           "Your answer is right, but the workflow cannot go on with it. Nothing was decided; its caretakers "
           "were told.",
           "您的意见有效，但流程暂时无法继续。尚未作出决定，已通知流程负责人。"},
    Phrase{"thanks", "Thank you. Your answer is recorded.", "谢谢，您的意见已记录。"},
    Phrase{"decided_by", "by", "由"},
    Phrase{"already", "This is already decided.", "该事项已处理。"},
    Phrase{"more", "More: transfer, ask for an opinion, add an approver", "更多：转办、征询意见、加签"},
    Phrase{"who", "Who", "人员"},
    Phrase{"note", "What they should know", "说明"},
    Phrase{"where", "If you add them as an approver", "加签方式"},
    Phrase{"where_before", "before me: I wait until they have decided", "前加签：待其审批后再由我审批"},
    Phrase{"where_after", "after me: my approval holds once they agree", "后加签：我同意后再由其审批"},
    Phrase{"where_beside", "beside me: they approve as well", "并加签：与我一同审批"},
    Phrase{"transfer", "Transfer: it is theirs", "转办"},
    Phrase{"delegate", "Ask for an opinion: I decide", "征询意见"},
    Phrase{"add", "Add as an approver", "加签"},
    Phrase{"claim", "Take it", "认领"},
    Phrase{"claim_why", "This waits for a group. Take it, and the others see that you have it.",
           "此事由一组人员共同处理，认领后其他人可看到由您处理。"},
    Phrase{"release", "Give it back to the group", "放回小组"},
    Phrase{"take_off", "Take off", "撤销"},
    Phrase{"how_before", "decides before you", "在您之前审批"},
    Phrase{"how_after", "decides after you", "在您之后审批"},
    Phrase{"how_beside", "decides beside you", "与您一同审批"},
    Phrase{"how_opinion", "gives you an opinion", "为您提供意见"},
    Phrase{"opinion_for",
           "{0} asks for your opinion and decides afterwards. What you choose here decides nothing.",
           "{0} 请您提供意见并由其最终决定，您的选择不会直接生效。"},
    Phrase{"added_by", "{0} has added you as an approver.", "{0} 将您加签为审批人。"},
    Phrase{"transferred_by", "{0} has transferred this to you.", "{0} 已将此事转交给您。"},
    Phrase{"waiting_title", "Others come first", "等待他人先审批"},
    Phrase{"waiting_text", "It is yours again once they have decided; a message will tell you.",
           "待其审批后将再次由您处理，届时会通知您。"},
    Phrase{"claimed_title", "{0} has taken this", "{0} 已认领该事项"},
    Phrase{"act_done", "Done.", "操作已完成。"},
    Phrase{"again_title", "You are asked again", "需要您重新处理"},
    Phrase{"again_text",
           "What you answered here does not count any more. The newest message has the link to answer anew.",
           "您在此处的意见已不再有效，请通过最新消息中的链接重新处理。"},
    Phrase{"take_back_title", "Was that a mistake?", "操作有误？"},
    Phrase{"take_back_why",
           "As long as nobody has acted on your answer you can take it back. You are then asked again.",
           "在后续人员处理之前，您可以撤回自己的意见，撤回后需重新处理。"},
    Phrase{"take_back", "Take my answer back", "撤回我的意见"},
    Phrase{"own_request", "Your request", "您的申请"},
    Phrase{"reason", "Reason", "原因"},
    Phrase{"nudge", "Ask them to hurry", "催办"},
    Phrase{"withdraw", "Take it back to correct it", "撤回修改"},
    Phrase{"cancel_title", "I do not need this any more", "不再需要此申请"},
    Phrase{"cancel_why", "The request ends for good. Nobody is asked any more.",
           "申请将被终止，不再征求任何人的意见。"},
    Phrase{"cancel", "Cancel the request", "取消申请"},
    Phrase{"comments", "Comments", "评论"},
    Phrase{"no_comments", "None yet.", "暂无评论。"},
    Phrase{"comment_new", "Write a comment", "发表评论"},
    Phrase{"mention_hint", "@id or @mail address tells that person of it, if they may see this request.",
           "输入 @工号 或 @邮箱 可提醒有权查看此申请的人员。"},
    Phrase{"comment_send", "Send the comment", "发送"},
    Phrase{"act_refused", "This was not done: {0}", "操作未完成：{0}"},
    Phrase{"nothing_to_do", "There is nothing left to do here.", "无需再操作。"},
    Phrase{"now", "The request is now", "当前状态"},
    Phrase{"gone_title", "This link is no longer valid", "链接已失效"},
    Phrase{"gone_text",
           "It was replaced or withdrawn. If you are still asked, a newer message has a new link.",
           "该链接已被替换或撤销。如仍需您处理，请使用最新消息中的链接。"},
    Phrase{"unknown_title", "This link is not known", "链接无法识别"},
    Phrase{"unknown_text", "Please open the link from the message again, whole and unchanged.",
           "请从消息中重新打开完整的链接。"},
    Phrase{"refused_title", "This could not be done", "操作未成功"},
    Phrase{"expired_form",
           "The page was open for too long or came from elsewhere. Nothing was decided. "
           "Please open the link again.",
           "页面已过期或来源不明，未提交任何意见。请重新打开链接。"},
    Phrase{"busy", "The service is busy right now. Nothing was decided; please try again in a moment.",
           "服务繁忙，未提交任何意见，请稍后再试。"},
    Phrase{"identity", "You are identified by the link that was sent to", "本链接发送给"},
    Phrase{"do_not_forward", "Do not forward it: whoever opens it answers in your name.",
           "请勿转发：打开链接者将以您的名义处理。"},
};

json::object all_in(bool chinese) {
  json::object all;
  for (const Phrase& phrase : kPhrases) all[phrase.key] = chinese ? phrase.chinese : phrase.english;
  return all;
}

}  // namespace

const json::object& page_phrases(std::string_view locale) {
  static const json::object kEnglish = all_in(false);
  static const json::object kChinese = all_in(true);
  return is_chinese(locale) ? kChinese : kEnglish;
}

std::string_view page_phrase(std::string_view key, std::string_view locale) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.key == key) return is_chinese(locale) ? phrase.chinese : phrase.english;
  }
  COUNTERSIGN_INVARIANT(false, "there is no such phrase: " + std::string(key));
  return {};
}

std::string filled_in(std::string_view phrase, const std::vector<std::string>& arguments) {
  std::string text;
  for (std::size_t i = 0; i < phrase.size(); ++i) {
    const bool placed = phrase[i] == '{' && i + 2 < phrase.size() && phrase[i + 2] == '}' &&
                        phrase[i + 1] >= '0' && phrase[i + 1] <= '9';
    if (!placed) {
      text += phrase[i];
      continue;
    }
    const auto index = static_cast<std::size_t>(phrase[i + 1] - '0');
    if (index < arguments.size()) text += arguments[index];
    i += 2;
  }
  return text;
}

}  // namespace countersign::web
