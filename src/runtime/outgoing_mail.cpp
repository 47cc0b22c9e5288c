#include "runtime/outgoing_mail.h"

namespace countersign {
namespace {

SmtpTls tls_of(MailServer::Tls tls) {
  switch (tls) {
    case MailServer::Tls::none:
      return SmtpTls::none;
    case MailServer::Tls::implicit:
      return SmtpTls::implicit;
    default:
      return SmtpTls::starttls;
  }
}

}  // namespace

Result<SmtpMessage> outgoing_mail(const MailServer& server, const Mail& mail, std::string bytes,
                                  const SecretLookup& secrets) {
  SmtpMessage message;
  message.server = {server.host, server.port, tls_of(server.tls), server.user, {}, server.ca_file, {}};
  if (!server.user.empty()) {
    auto password = secrets(server.password);
    if (!password) return std::unexpected(password.error());
    message.server.password = std::move(*password);
  }
  message.envelope_from = mail.from.address;
  message.recipients = {mail.to.address};
  message.bytes = std::move(bytes);
  return message;
}

}  // namespace countersign
