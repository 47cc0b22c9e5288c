#pragma once
// Whether what the daemon wants to send could leave: a connector for mail, and every secret that connectors
// name. Reads the secrets; thread-safe.

#include "core/outbound_call.h"
#include "definition/configuration.h"
#include "definition/diagnostic.h"
#include "runtime/library.h"

namespace countersign {

// An error where `mail` of the configuration names a connector that there is not, or one that sends no mail.
// Warnings (CS170) where no mail could leave, and for each secret that is not there or cannot be used, with
// the connector that names it, of the connectors that mail, workflows and people's channels go through.
// Without a configuration file nothing is said of mail: the installation is being tried out.
Diagnostics deliverability_of(const Configuration& configuration, const Snapshot& snapshot,
                              const SecretLookup& secrets);

}  // namespace countersign
