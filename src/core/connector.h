#pragma once
// A connection to another system as described by one file in connectors/: what it may tell us (inbound
// events) and what we may ask of it (outbound actions), or a mail server. Names of secrets stand here, never
// secrets. Immutable once loaded and shared by std::shared_ptr<const Connector>; thread-safe. What it does
// with messages is in inbound_mapping.h and outbound_call.h.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "core/definition.h"

namespace countersign {

// A field whose value an expression takes from a foreign message.
struct MappedField {
  Field field;
  Expression value;
};
// The fields alone, for cel::record_of and the types of event.X or STEP.X in workflows.
std::vector<Field> fields_of(const std::vector<MappedField>& mapped);

// How the sender of inbound messages proves who it is.
struct Verification {
  std::string scheme;                                 // one of inbound_schemes()
  std::vector<std::string> secrets;                   // names: one, or two while they are changed
  std::map<std::string, std::string> options;         // of the scheme, as written
  std::map<std::string, std::string> secret_options;  // of the scheme: option -> name of a secret
  // A proof that does not cover the message (DingTalk's) serves by itself; else it waits for an admin.
  bool allow_weak = false;
};

struct InboundEvent {
  std::string name;
  std::optional<Expression> when;  // of body, item and request; absent: always
  std::optional<Expression> key;   // the business key of the instance that it concerns; absent: none
  std::vector<MappedField> data;
  bool whole = false;  // the data are the element as it came, nothing is declared of it
  SourcePosition at;
};

struct Inbound {
  Verification verify;
  std::optional<Expression> each;  // a list: one event for each element; absent: the body is the one element
  std::optional<Expression> id;    // de-duplication; absent: the scheme's delivery id
  std::optional<Expression> order_key;  // what must not be overtaken by something older
  std::optional<Expression> order_by;   // its time or number
  std::vector<InboundEvent> events;     // an element may be several of them

  // nullptr where there is none.
  const InboundEvent* find_event(std::string_view name) const;
};

// The source of deliveries to the webhook trigger of a workflow ("workflow.expense-approval"; no connector's
// name has a point) and the one event that it sends.
std::string webhook_source(const WorkflowId& workflow);
inline constexpr std::string_view kWebhookEvent = "webhook";

// How we prove who we are. Signatures over a message are made when it is sent, again with each attempt.
struct OutboundAuth {
  enum class Kind {
    none,
    bearer,             // Authorization: Bearer SECRET
    header,             // NAME: SECRET
    basic,              // Authorization: Basic base64(USER:SECRET)
    query,              // ?NAME=SECRET
    standard_webhooks,  // webhook-id, webhook-timestamp, webhook-signature
    dingtalk_sign,      // timestamp and sign in the query
    feishu_sign,        // timestamp and sign in the JSON body
  } kind = Kind::none;
  std::string name;                  // of header and query
  std::string user;                  // of basic
  std::vector<std::string> secrets;  // names: one; of standard_webhooks two while they are changed
};

// The JSON of a request: a tree whose leaves are expressions. A member or element whose expression gives an
// absent optional is left out.
struct JsonTemplate {
  enum class Kind { object, array, expression } kind = Kind::expression;
  std::vector<std::string> names;      // of an object: one for each child
  std::vector<JsonTemplate> children;  // of an object or array
  Expression expression;
};

using NamedProse = std::vector<std::pair<std::string, Prose>>;

struct RequestTemplate {
  std::string method = "POST";  // GET, POST, PUT, PATCH, DELETE
  Prose path;                   // "/deals/${input.deal}"; values become one percent-encoded segment
  NamedProse query;
  NamedProse headers;
  // At most one of these; with none there is no body.
  std::optional<JsonTemplate> json;
  NamedProse form;  // application/x-www-form-urlencoded
  std::optional<Prose> text;
};

struct Action {
  std::string name;
  std::vector<Field> input;
  RequestTemplate request;
  std::optional<Expression> ok;  // of input and response; absent: a status from 200 to 299
  std::vector<MappedField> output;
  Duration retry_for{std::chrono::hours(24)};
  std::optional<Expression> retry_when;  // of input and response: not ok, but worth another try
  Duration timeout{std::chrono::seconds(30)};
  SourcePosition at;
};

struct Outbound {
  std::string base;  // "https://api.example.com/v3", without a slash at the end; "" where it is a secret
  std::string base_secret;  // name of a secret that holds the address (robots' addresses are secrets)
  OutboundAuth auth;
  std::vector<Action> actions;

  // nullptr where there is none.
  const Action* find_action(std::string_view name) const;
};

struct MailServer {
  enum class Tls { none, starttls, implicit };
  std::string host;
  int port = 587;
  Tls tls = Tls::starttls;
  std::string user;      // "": no login
  std::string password;  // name of a secret
  std::string from;      // "Approvals <approvals@example.com>"; "": the configuration's
  std::string ca_file;   // PEM; "": the system's certificates
};

struct Connector {
  std::string name;  // the file's
  LocalText title;
  std::optional<Inbound> inbound;
  std::optional<Outbound> outbound;
  std::optional<MailServer> mail;  // of `kind: email`; then there is neither of the others

  // Whether `notify: via` may name it: it has an action `post` that takes subject and text.
  bool is_room() const;
  // Every secret that it names, each once, sorted.
  std::vector<std::string> secret_names() const;
};

inline constexpr std::string_view kPostAction = "post";

// The schemes that prove an inbound message, with what their options are. The checks themselves are
// delivery's (delivery/verifier.h); a test keeps both lists equal.
struct InboundScheme {
  std::string_view name;
  std::vector<std::string_view> required_options;
  std::vector<std::string_view> other_options;
};
std::span<const InboundScheme> inbound_schemes();
// Whether the secret is the end of the address to which is sent: /hooks/SOURCE/SECRET.
bool is_proven_by_path(std::string_view scheme);
// Whether the sender first checks the address with a GET that wants an answer made with the secret.
bool asks_before_it_sends(std::string_view scheme);
// Whether the scheme's proof does not cover the message: whoever saw one proof can send anything for a while.
bool is_weak_scheme(std::string_view scheme);
// Whether the option's value is a secret, so that the file gives a secret's name instead.
bool is_secret_option(std::string_view option);

}  // namespace countersign
