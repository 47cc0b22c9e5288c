#include "web/fault_words.h"

#include "runtime/phrases.h"
#include "web/page_phrases.h"

namespace countersign::web {

namespace {

// The core's own words, for what nobody can do on a page.
constexpr std::string_view kDetail = "";

std::string_view pattern_of(FormFault fault, bool chinese) {
  const auto either = [chinese](std::string_view english, std::string_view in_chinese) {
    return chinese ? in_chinese : english;
  };
  switch (fault) {
    case FormFault::other:
    case FormFault::said:
      return kDetail;
    case FormFault::required:
      return either("Please fill this in.", "请填写此项。");
    case FormFault::too_few:
      return either("At least {0} are needed, here are {1}.", "至少需要 {0} 项，目前 {1} 项。");
    case FormFault::too_many:
      return either("{0} are too many: at most {1} are allowed.", "{0} 项过多，最多 {1} 项。");
    case FormFault::twice:
      return either("'{0}' stands here twice.", "“{0}”重复填写。");
    case FormFault::text_too_short:
      return either("The text has {0} characters, at least {1} are needed.",
                    "内容共 {0} 个字符，至少需要 {1} 个。");
    case FormFault::text_too_long:
      return either("The text has {0} characters, at most {1} are allowed.",
                    "内容共 {0} 个字符，最多允许 {1} 个。");
    case FormFault::control_characters:
      return either("The text holds line ends or characters that cannot stand here.",
                    "内容含有换行或不允许的字符。");
    case FormFault::no_mail:
      return either("'{0}' is no mail address.", "“{0}”不是有效的邮箱地址。");
    case FormFault::no_url:
      return either("'{0}' is no web address: it begins with https:// or http://.",
                    "“{0}”不是有效的网址，请以 https:// 或 http:// 开头。");
    case FormFault::pattern:
      return either("'{0}' does not have the form that is wanted here.", "“{0}”不符合要求的格式。");
    case FormFault::no_whole_number:
      return either("'{0}' is no whole number.", "“{0}”不是整数。");
    case FormFault::no_number:
      return either("'{0}' is no number: write it as 1250.5, without commas or spaces.",
                    "“{0}”不是数字，请写成 1250.5，不要使用逗号或空格。");
    case FormFault::no_amount:
      return either("'{0}' is no amount: write it as 8200.00, without commas or spaces.",
                    "“{0}”不是金额，请写成 8200.00，不要使用逗号或空格。");
    case FormFault::other_currency:
      return either("The amount is in {0}, but {1} is wanted.", "金额币种为 {0}，应为 {1}。");
    case FormFault::too_exact:
      return either("'{0}' has too many digits behind the point: {2} has {1}.",
                    "“{0}”的小数位数过多，{2} 只有 {1} 位小数。");
    case FormFault::out_of_range:
      return either("{0} is too large.", "{0} 超出允许范围。");
    case FormFault::too_small:
      return either("{0} is less than {1}, the least allowed.", "{0} 小于最小值 {1}。");
    case FormFault::too_large:
      return either("{0} is more than {1}, the most allowed.", "{0} 大于最大值 {1}。");
    case FormFault::no_option:
      return either("Please choose one of the options.", "请选择列表中的一项。");
    case FormFault::no_date:
      return either("Please give a date such as 2026-03-02.", "请填写日期，例如 2026-03-02。");
    case FormFault::no_time:
      return either("Please give a time such as 2026-03-02T10:14:00+08:00.",
                    "请填写时间，例如 2026-03-02T10:14:00+08:00。");
    case FormFault::too_early:
      return either("{0} is before {1}, the first day allowed.", "{0} 早于允许的最早日期 {1}。");
    case FormFault::too_late:
      return either("{0} is after {1}, the last day allowed.", "{0} 晚于允许的最晚日期 {1}。");
    case FormFault::unknown_person:
      return either("There is nobody called '{0}': give an id or a mail address.",
                    "找不到“{0}”，请填写工号或邮箱。");
    case FormFault::inactive_person:
      return either("{0} is no longer active.", "{0} 已停用。");
    case FormFault::file_kind:
      return either("'{0}' is not accepted: allowed are {1}.", "不接受文件“{0}”，允许的类型：{1}。");
    case FormFault::file_content:
      return either("'{0}' is not what its name says: it holds {1}.",
                    "文件“{0}”的内容与名称不符：实际为 {1}。");
    case FormFault::unknown_file:
      return either("The file is no longer there: please choose it again.", "文件已不存在，请重新选择。");
    case FormFault::used_before:
      return either("Another request uses this already.", "已被另一申请使用。");
    case FormFault::comment_required:
      return page_phrase("comment_missing", chinese ? "zh-CN" : "en");
    case FormFault::not_ticked:
      return page_phrase("ticks_missing", chinese ? "zh-CN" : "en");
    case FormFault::not_confirmed:
      return either("Please confirm this before you approve.", "批准前请先确认此项。");
  }
  return kDetail;
}

}  // namespace

std::string fault_words(const Problem& problem, std::string_view locale) {
  const bool chinese = is_chinese(locale);
  const std::string_view pattern = pattern_of(problem.fault, chinese);
  if (!pattern.empty()) return filled_in(pattern, problem.arguments);
  if (problem.fault == FormFault::said || !chinese) return problem.detail;
  return filled_in(page_phrase("not_fitting", locale), {problem.detail});
}

std::vector<Problem> in_words(std::vector<Problem> problems, std::string_view locale) {
  for (Problem& problem : problems) {
    problem.detail = fault_words(problem, locale);
    problem.fault = FormFault::said;
  }
  return problems;
}

std::string refusal_words(const Refusal& refusal, std::string_view locale) {
  if (refusal.keep) return std::string(page_phrase("stands_still", locale));
  switch (refusal.error.code) {
    case ErrorCode::conflict:
      return std::string(page_phrase("changed_meanwhile", locale));
    case ErrorCode::unavailable:
    case ErrorCode::storage:
      return std::string(page_phrase("busy", locale));
    case ErrorCode::forbidden:
      return std::string(page_phrase("not_yours", locale));
    default:
      break;
  }
  if (!is_chinese(locale)) return refusal.error.message;
  return filled_in(page_phrase("not_fitting", locale), {refusal.error.message});
}

}  // namespace countersign::web
