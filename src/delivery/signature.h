#pragma once
// Signatures of messages that leave. Pure functions, thread-safe.

#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "delivery/headers.h"
#include "delivery/verifier.h"  // the receiving side

namespace countersign {

// Standard Webhooks 1.0: webhook-id, webhook-timestamp, webhook-signature. One signature for each secret,
// separated by spaces, so that a receiver can change secrets without a gap: "whsec_" + base64 gives v1
// (HMAC-SHA256), "whsk_" + base64 of a 32-byte seed or 64-byte key gives v1a (Ed25519). No secret, a
// malformed secret or a full stop, white space or control character in `id`: invalid_input, which never shows
// the secret.
Result<Headers> standard_webhooks_headers(std::span<const std::string> secrets, std::string_view id,
                                          Instant at, std::string_view body);

// DingTalk custom robot: append to the robot's URL: "timestamp=1790000000000&sign=...", percent-escaped.
std::string dingtalk_robot_query(std::string_view secret, Instant at);

// Feishu and Lark custom bot: members to add to the JSON body. Here the timestamp is in seconds.
struct FeishuBotSignature {
  std::string timestamp;
  std::string sign;
};
FeishuBotSignature feishu_bot_signature(std::string_view secret, Instant at);

}  // namespace countersign
