#include "runtime/mail_words.h"

#include "runtime/phrases.h"

namespace countersign {
namespace {

constexpr MailWords kEnglish{
    .asked_by = "{} asks for your decision.",
    .task_by = "{} asks you to do this.",
    .for_revision = "{} came back to you. Please correct it and submit it again.",
    .revision_by_self = "{} is with you again. Correct it and submit it again when it is ready.",
    .revision_in_place =
        "{} of {} came back, and falls to you in their place. Please correct it and submit "
        "it again, or cancel it.",
    .reminder = "Reminder {}: {} still waits for your decision.",
    .task_reminder = "Reminder {}: {} still waits for you to do this.",
    .escalated =
        "{} asked {}, who has not answered in time. Now it has come to you, and your answer counts in their "
        "place.",
    .ended = "{} is finished: {}.",
    .due = "Due: {}",
    .overdue = "Overdue since {}",
    .data = "Details",
    .so_far = "Decided so far",
    .open = "Open and decide",
    .why = "Reason: {}",
    .sent_by = "Sent by Countersign. Opening the link decides nothing by itself.",
    .transferred = "{} has transferred this to you: it is yours to decide.",
    .opinion = "{} asks for your opinion, and decides afterwards.",
    .added = "{} has added you as an approver.",
    .advice = "The opinion that you asked for is here. It is yours to decide.",
    .nudge = "{} asks you to hurry: this still waits for you.",
    .copy = "{} sends you a copy of {}. Nothing is asked of you.",
    .mention = "{} mentions you in a comment on {}.",
    .you_stand_in = "You stand in for {} until {}.",
    .stands_in = "{} stands in for {} until {} and may answer too.",
    .settled = "{}. There is nothing left for you to do.",
    .by = "By {}.",
    .behalf = " for {}",
    .is_void = "does not count any more",
    .asked_again =
        "You have answered this before ({}, {}). That does not count any more, and you are asked again.",
    .relieved =
        "You do not stand in here any more: this waits for {} again. There is nothing left for you to do.",
    .read = "Open and read"};
constexpr MailWords kChinese{
    .asked_by = "{} 请您审批。",
    .task_by = "{} 请您办理。",
    .for_revision = "{} 已退回给您，请修改后重新提交。",
    .revision_by_self = "{} 已回到您处，修改后可重新提交。",
    .revision_in_place = "{}（{} 的申请）已被退回，现由您代为修改并重新提交，或予以取消。",
    .reminder = "第 {} 次提醒：{} 仍在等待您审批。",
    .task_reminder = "第 {} 次提醒：{} 仍在等待您办理。",
    .escalated = "{} 的申请逾期未获 {} 处理，现转请您处理，您的决定将代替其意见。",
    .ended = "{} 已结束：{}。",
    .due = "截止：{}",
    .overdue = "已超时，截止时间为 {}",
    .data = "内容",
    .so_far = "已有意见",
    .open = "打开并处理",
    .why = "原因：{}",
    .sent_by = "由 Countersign 发送。打开链接不会自动做出任何决定。",
    .transferred = "{} 已将此事转交给您，由您决定。",
    .opinion = "{} 请您提供意见，之后由其决定。",
    .added = "{} 将您加签为审批人。",
    .advice = "您征询的意见已给出，请您决定。",
    .nudge = "{} 催办：此事仍在等待您处理。",
    .copy = "{} 向您抄送了 {}，无需您处理。",
    .mention = "{} 在 {} 的评论中提到了您。",
    .you_stand_in = "您正在代理 {}，至 {}。",
    .stands_in = "{} 正在代理 {}，至 {}，也可处理此事。",
    .settled = "{}，无需您再处理。",
    .by = "操作人：{}。",
    .behalf = "（代理 {}）",
    .is_void = "已失效",
    .asked_again = "您此前已处理（{}，{}），该意见已失效，请您重新处理。",
    .relieved = "您在此事项上的代理已结束，现由 {} 处理，无需您再处理。",
    .read = "打开查看"};

}  // namespace

const MailWords& mail_words(std::string_view locale) {
  return is_chinese(locale) ? kChinese : kEnglish;
}

}  // namespace countersign
