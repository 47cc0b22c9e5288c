#pragma once
// A composed mail as its server takes it. Pure, but for the secrets.

#include <string>

#include "core/connector.h"
#include "core/outbound_call.h"
#include "delivery/mail.h"
#include "delivery/transfer.h"

namespace countersign {

// `bytes`: the mail as RFC 5322 has it. not_found or forbidden where the password's secret cannot be read.
Result<SmtpMessage> outgoing_mail(const MailServer& server, const Mail& mail, std::string bytes,
                                  const SecretLookup& secrets);

}  // namespace countersign
