#include "runtime/signed_request.h"

#include <algorithm>

#include "delivery/signature.h"

namespace countersign {

Result<HttpRequest> signed_request(HttpCall call, const std::string& key, Instant now) {
  HttpRequest request;
  request.method = call.method;
  request.url = call.url;
  request.body = std::move(call.body);
  for (auto& [name, value] : call.headers) request.headers.emplace_back(std::move(name), std::move(value));
  request.headers.emplace_back("Idempotency-Key", key);
  request.timeouts.total = call.timeout;
  switch (call.sign) {
    case OutboundAuth::Kind::standard_webhooks: {
      // The id keeps to what the scheme allows: no full stop.
      std::string id = "msg_" + key;
      std::replace(id.begin(), id.end(), '.', '_');
      Result<Headers> headers = standard_webhooks_headers(call.sign_secrets, id, now, request.body);
      if (!headers) return std::unexpected(headers.error());
      for (auto& header : *headers) request.headers.push_back(std::move(header));
      break;
    }
    case OutboundAuth::Kind::dingtalk_sign:
      request.url += (request.url.find('?') == std::string::npos ? "?" : "&") +
                     dingtalk_robot_query(call.sign_secrets.front(), now);
      break;
    case OutboundAuth::Kind::feishu_sign: {
      const FeishuBotSignature signature = feishu_bot_signature(call.sign_secrets.front(), now);
      Result<std::string> body =
          with_members(request.body, {{"timestamp", signature.timestamp}, {"sign", signature.sign}});
      if (!body) return std::unexpected(body.error());
      request.body = std::move(*body);
      break;
    }
    default:
      break;
  }
  return request;
}

}  // namespace countersign
