#pragma once
// Connectors from connectors/NAME.yaml, with the same strict diagnostics as workflows. The whole file:
//
//   connector: hubspot                    # the file's name
//   title: HubSpot                        # optional; text, or a map from language to text
//   inbound:
//     verify:
//       scheme: hubspot-v3                # standard-webhooks, github, hubspot-v3, stripe, slack, shopify,
//       basic,
//                                         # pipedrive, bearer, zoho, dingtalk, feishu, wecom, salesforce
//       secret: hubspot-client-secret     # the name of a secret, or a list of two while it is changed
//     each: body                          # a list: one event for each element; without it the body is one
//     id: string(item.eventId)            # de-duplication; without it the scheme's own id
//     order: {key: string(item.objectId), by: item.occurredAt}
//     events:
//       deal_lost:
//         when: item.propertyValue == "closedlost"
//         key: string(item.objectId)      # the business key of the instance that it concerns
//         data:
//           deal: {type: text, value: string(item.objectId)}
//   outbound:
//     base: https://api.hubapi.com        # or {secret: NAME} where the address is one
//     auth: {bearer: hubspot-token}       # header: {name, secret}, basic: {user, password}, query: {name,
//     secret},
//                                         # standard-webhooks: NAME or two, dingtalk-sign: NAME, feishu-sign:
//                                         NAME
//     actions:
//       set_deal_stage:
//         input: {deal: {type: text}, stage: {type: text}}
//         request:
//           method: PATCH                 # GET, POST (default), PUT, PATCH, DELETE
//           path: /crm/v3/objects/deals/${input.deal}
//           query: {archived: "false"}    # text with ${ }; left out where the one expression is absent
//           headers: {X-Trace: "${input.deal}"}
//           json: {properties: {dealstage: input.stage}}   # every leaf is an expression; or form: {...}, or
//           text: ...
//         ok: response.status in [200, 201]
//         output: {updated: {type: datetime, value: response.json.updatedAt}}
//         retry: {for: 1 day, when: response.status == 409}
//         timeout: 30 seconds
//
// or a mail server:
//
//   connector: email
//   kind: email
//   host: smtp.example.com
//   port: 587
//   tls: starttls                         # none, starttls, implicit
//   user: approvals
//   password: smtp-password               # the name of a secret
//   from: Approvals <approvals@example.com>
//   ca_file: /etc/ssl/company.pem
//
// Inbound expressions see body, item (the element) and request.headers; outbound ones input, and where the
// answer is read response.status, .headers, .json and .text. JSON that no type declares is dyn.

#include <memory>
#include <string_view>

#include "core/connector.h"
#include "definition/catalogue.h"
#include "definition/diagnostic.h"

namespace countersign {

// `file` is the path as messages show it; its name without ending is the connector's. nullptr where there are
// errors.
std::shared_ptr<const Connector> load_connector(std::string_view file, std::string_view text,
                                                Diagnostics& diagnostics);

// What the loader of workflows checks against.
ConnectorOutline outline_of(const Connector& connector);

}  // namespace countersign
