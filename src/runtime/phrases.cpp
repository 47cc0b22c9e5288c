#include "runtime/phrases.h"

#include <array>

namespace countersign {

namespace {

struct OutcomeWords {
  std::string_view outcome, button, button_zh, done, done_zh;
};

constexpr std::array kOutcomes{
    OutcomeWords{"approved", "Approve", "同意", "Approved", "已同意"},
    OutcomeWords{"rejected", "Reject", "驳回", "Rejected", "已驳回"},
    OutcomeWords{"returned", "Return for changes", "退回修改", "Returned for changes", "已退回修改"},
    OutcomeWords{"resubmitted", "Resubmit", "重新提交", "Resubmitted", "已重新提交"},
    OutcomeWords{"done", "Done", "完成", "Done", "已完成"},
    OutcomeWords{"skipped", "Pass over", "跳过", "Passed over", "已跳过"},
    OutcomeWords{"timeout", "Deadline passed", "已超时", "Deadline passed", "已超时"},
};

const OutcomeWords* words_of(std::string_view outcome) {
  for (const OutcomeWords& words : kOutcomes) {
    if (words.outcome == outcome) return &words;
  }
  return nullptr;
}

}  // namespace

bool is_chinese(std::string_view locale) {
  return locale == "zh" || locale.starts_with("zh-") || locale.starts_with("zh_");
}

std::string humanised(std::string_view id) {
  std::string text(id);
  for (char& c : text) {
    if (c == '_' || c == '-') c = ' ';
  }
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string outcome_button(std::string_view outcome, std::string_view locale) {
  const OutcomeWords* words = words_of(outcome);
  if (words == nullptr) return humanised(outcome);
  return std::string(is_chinese(locale) ? words->button_zh : words->button);
}

std::string outcome_done(std::string_view outcome, std::string_view locale) {
  const OutcomeWords* words = words_of(outcome);
  if (words == nullptr) return humanised(outcome);
  return std::string(is_chinese(locale) ? words->done_zh : words->done);
}

std::string closed_because(const WorkItemRow& row, const State& state, std::string_view locale) {
  const bool chinese = is_chinese(locale);
  switch (row.status) {
    case ItemStatus::waiting:
    case ItemStatus::open:
      return {};
    case ItemStatus::decided:
      return chinese ? "已处理" : "Decided";
    case ItemStatus::superseded:
      if (row.outcome == kRemovedOutcome) return chinese ? "您已被减签" : "You are not asked any more";
      return chinese ? "已由他人处理" : "Decided by others";
    case ItemStatus::cancelled:
      if (state.ended && state.status == "cancelled")
        return chinese ? "申请已取消" : "The request was cancelled";
      if (state.status == "revising")
        return chinese ? "申请已回到申请人" : "The request is back with its requester";
      if (row.round < state.round) return chinese ? "申请已被退回" : "The request was sent back";
      return chinese ? "已不再需要处理" : "Not asked any more";
    case ItemStatus::expired:
      return chinese ? "已过截止时间" : "The deadline has passed";
    case ItemStatus::reassigned:
      return chinese ? "已转交他人" : "Handed to somebody else";
    case ItemStatus::advised:
      return chinese ? "已给出意见" : "Opinion given";
  }
  return {};
}

std::string status_words(std::string_view status, std::string_view locale) {
  const bool chinese = is_chinese(locale);
  if (status == "running") return chinese ? "进行中" : "In progress";
  if (status == "revising") return chinese ? "等待修改" : "Waiting for corrections";
  if (status == "withdrawn") return chinese ? "已撤回" : "Withdrawn";
  if (status == "cancelled") return chinese ? "已取消" : "Cancelled";
  if (status == "approved" || status == "rejected") return outcome_done(status, locale);
  return humanised(status);
}

}  // namespace countersign
