// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/writer.h"

#include <cassert>
#include <functional>
#include <map>
#include <memory>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/reply_template.h"
#include "wsmanH.h"

// libgsoap++ looks for this very symbol. It takes the first four by position.
// NOLINTNEXTLINE(readability-identifier-naming)
struct Namespace namespaces[] = {
    {"SOAP-ENV", "http://www.w3.org/2003/05/soap-envelope", nullptr, nullptr},
    {"SOAP-ENC", "http://www.w3.org/2003/05/soap-encoding", nullptr, nullptr},
    {"xsi", "http://www.w3.org/2001/XMLSchema-instance", nullptr, nullptr},
    {"xsd", "http://www.w3.org/2001/XMLSchema", nullptr, nullptr},
    {"wsa", muster::wsman::names::kAddressing.data(), nullptr, nullptr},
    {"wsen", muster::wsman::names::kEnumeration.data(), nullptr, nullptr},
    {"wxf", muster::wsman::names::kTransfer.data(), nullptr, nullptr},
    {"wsman", muster::wsman::names::kWsman.data(), nullptr, nullptr},
    {"wsmid", muster::wsman::names::kIdentity.data(), nullptr, nullptr},
    {"wsmb", muster::wsman::names::kBinding.data(), nullptr, nullptr},
    {nullptr, nullptr, nullptr, nullptr},
};

namespace muster::wsman {
namespace {

constexpr std::string_view kTail = "</SOAP-ENV:Body></SOAP-ENV:Envelope>";
constexpr std::size_t kTypicalHead = 2048;
constexpr std::size_t kMaxReason = 1024;

int append_to_string(struct soap* context, const char* bytes, std::size_t size) {
  static_cast<std::string*>(context->user)->append(bytes, size);
  return SOAP_OK;
}

struct ContextDelete {
  void operator()(struct soap* context) const {
    soap_destroy(context);
    soap_end(context);
    soap_free(context);
  }
};

std::unique_ptr<struct soap, ContextDelete> new_context() {
  std::unique_ptr<struct soap, ContextDelete> context(
      soap_new1(SOAP_C_UTFSTRING | SOAP_ENC_PLAIN | SOAP_XML_TREE | SOAP_XML_NOTYPE));
  soap_set_version(context.get(), 2);
  context->fsend = append_to_string;
  context->prolog = "";  // the encoding travels in Content-Type
  return context;
}

// One message. The context is this thread's; nothing in it survives the message.
class Message {
 public:
  explicit Message(SOAP_ENV__Header& header) : context_(thread_context()) {
    out_.reserve(kTypicalHead);
    context_->user = &out_;
    context_->header = &header;
  }
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;
  Message(Message&&) = delete;
  Message& operator=(Message&&) = delete;
  ~Message() {
    context_->user = nullptr;
    context_->header = nullptr;
    context_->fault = nullptr;
    soap_destroy(context_);
    soap_end(context_);
  }

  Envelope open() && {
    start();
    check(soap_end_send(context_));
    return {std::move(out_), kTail};
  }

  std::string fault(SOAP_ENV__Fault& fault) && {
    context_->fault = &fault;
    context_->lang = "en-US";
    start();
    check(soap_putfault(context_));
    check(soap_end_send(context_));
    out_.append(kTail);
    return std::move(out_);
  }

 private:
  static struct soap* thread_context() {
    thread_local const auto kContext = new_context();
    return kContext.get();
  }

  // Writing to memory cannot fail; if it does, the binding is wrong.
  static void check([[maybe_unused]] int result) { assert(result == SOAP_OK); }

  void start() {
    check(soap_begin_send(context_));
    soap_serializeheader(context_);
    check(soap_envelope_begin_out(context_));
    check(soap_putheader(context_));
    check(soap_body_begin_out(context_));
  }

  struct soap* context_;
  std::string out_;
};

// gSOAP's members are char*, though it only reads them when it writes.
char* text(const std::string& value) {
  return const_cast<char*>(value.c_str());
}

// The C strings behind one header, for as long as it is being written.
class Strings {
 public:
  // Null for an empty view: the element is left out.
  char* keep(std::string_view value) {
    if (value.empty()) return nullptr;
    kept_.push_back(std::make_unique<std::string>(sanitized(value)));
    return text(*kept_.back());
  }
  char* keep_even_empty(std::string_view value) {
    kept_.push_back(std::make_unique<std::string>(sanitized(value)));
    return text(*kept_.back());
  }

 private:
  std::vector<std::unique_ptr<std::string>> kept_;
};

void address_reply(SOAP_ENV__Header& header, Strings& strings, const ReplyHead& head) {
  if (!head.action.empty()) header.wsa__To = strings.keep(names::kAnonymous);
  header.wsa__Action = strings.keep(head.action);
  header.wsa__MessageID = strings.keep(head.message_id);
  header.wsa__RelatesTo = strings.keep(head.relates_to);
}

std::string_view code_of(Blame blame) {
  switch (blame) {
    case Blame::sender: return "SOAP-ENV:Sender";
    case Blame::receiver: return "SOAP-ENV:Receiver";
    case Blame::must_understand: return "SOAP-ENV:MustUnderstand";
    case Blame::version_mismatch: return "SOAP-ENV:VersionMismatch";
  }
  return {};
}

std::vector<SOAP_ENV__NotUnderstoodType> blocks_of(const Fault& fault, Strings& strings) {
  std::vector<SOAP_ENV__NotUnderstoodType> blocks;
  for (const ForeignHeader& name : fault.not_understood) {
    SOAP_ENV__NotUnderstoodType& block = blocks.emplace_back();
    block.xmlns__n = strings.keep(name.uri);
    block.qname = strings.keep((name.uri.empty() ? "" : "n:") + name.local);
  }
  return blocks;
}

std::vector<char*> dialects_of(const Fault& fault, Strings& strings) {
  std::vector<char*> dialects;
  for (const std::string_view dialect : fault.supported_dialects) dialects.push_back(strings.keep(dialect));
  return dialects;
}

// In the namespace of the fault: filters belong to enumerations, fragments do not.
void list_dialects(FaultCode code, std::vector<char*>& dialects, SOAP_ENV__Detail& detail) {
  const int count = static_cast<int>(dialects.size());
  if (code == FaultCode::fragment_dialect_not_supported) {
    detail.__sizeFragmentDialect = count;
    detail.wsman__SupportedDialect = dialects.data();
  } else {
    detail.__sizeFilterDialect = count;
    detail.wsen__SupportedDialect = dialects.data();
  }
}

// At most kMaxReason bytes, cut between code points.
std::string_view bounded(std::string_view reason) {
  if (reason.size() <= kMaxReason) return reason;
  std::size_t end = kMaxReason;
  while (end > 0 && (static_cast<unsigned char>(reason[end]) & 0xC0U) == 0x80U) --end;
  return reason.substr(0, end);
}

// DSP0226 clause 6.3: an answer says the language of its texts.
void say_language(std::string& envelope) {
  constexpr std::string_view kRoot = "<SOAP-ENV:Envelope";
  assert(envelope.starts_with(kRoot));
  envelope.insert(kRoot.size(), " xml:lang=\"en-US\"");
}

Envelope written_reply(const ReplyHead& head) {
  Strings strings;
  SOAP_ENV__Header header;
  address_reply(header, strings, head);
  ULONG64 total = head.total_items.value_or(0);
  if (head.total_items) header.wsman__TotalItemsCountEstimate = &total;
  Envelope out = Message(header).open();
  say_language(out.head);
  return out;
}

// gSOAP's share of an answer is large and always the same, so it writes each action's head once.
// Actions are the few that names.h lists.
const ReplyTemplate& template_of(std::string_view action) {
  thread_local std::map<std::string, ReplyTemplate, std::less<>> known;
  auto found = known.find(action);
  if (found == known.end()) {
    ReplyTemplate fresh(written_reply({action, ReplyTemplate::kMessageMark, ReplyTemplate::kRelatesMark}));
    found = known.emplace(action, std::move(fresh)).first;
  }
  return found->second;
}

}  // namespace

std::string Envelope::with(std::string_view body) && {
  head.reserve(head.size() + body.size() + tail.size());
  head.append(body).append(tail);
  return std::move(head);
}

Envelope reply_envelope(const ReplyHead& head) {
  const bool usual = !head.action.empty() && !head.total_items && ReplyTemplate::fits(head.message_id) &&
                     ReplyTemplate::fits(head.relates_to);
  return usual ? template_of(head.action).fill(head.message_id, head.relates_to) : written_reply(head);
}

std::string fault_envelope(const Fault& fault, std::string_view message_id, std::string_view relates_to) {
  const FaultRow& row = row_of(fault.code);
  Strings strings;
  SOAP_ENV__Header header;
  address_reply(header, strings, {row.action, message_id, relates_to});
  std::vector<SOAP_ENV__NotUnderstoodType> blocks = blocks_of(fault, strings);
  header.__sizeNotUnderstood = static_cast<int>(blocks.size());
  header.SOAP_ENV__NotUnderstood = blocks.data();
  SOAP_ENV__UpgradeType upgrade;
  upgrade.SOAP_ENV__SupportedEnvelope.qname = strings.keep("SOAP-ENV:Envelope");
  if (row.blame == Blame::version_mismatch) header.SOAP_ENV__Upgrade = &upgrade;

  SOAP_ENV__Code subcode;
  subcode.SOAP_ENV__Value = strings.keep(row.subcode);
  SOAP_ENV__Code code;
  code.SOAP_ENV__Value = strings.keep(code_of(row.blame));
  if (!row.subcode.empty()) code.SOAP_ENV__Subcode = &subcode;
  SOAP_ENV__Reason reason;
  reason.SOAP_ENV__Text = strings.keep(bounded(fault.reason.empty() ? row.reason : fault.reason));
  SOAP_ENV__Detail detail;
  if (!fault.detail.empty()) {
    detail.wsman__FaultDetail = strings.keep(std::string(names::kFaultDetail).append(fault.detail));
  }
  std::vector<char*> dialects = dialects_of(fault, strings);
  list_dialects(fault.code, dialects, detail);
  SOAP_ENV__Fault bound;
  bound.SOAP_ENV__Code = &code;
  bound.SOAP_ENV__Reason = &reason;
  if (!fault.detail.empty() || !fault.supported_dialects.empty()) bound.SOAP_ENV__Detail = &detail;
  std::string out = Message(header).fault(bound);
  say_language(out);
  return out;
}

Envelope request_envelope(const RequestHead& head) {
  Strings strings;
  SOAP_ENV__Header header;
  header.wsa__To = strings.keep(head.to);
  header.wsa__Action_ = strings.keep(head.action);
  header.wsa__MessageID = strings.keep(head.message_id);
  wsa__ReplyToType reply_to;
  reply_to.wsa__Address = strings.keep(names::kAnonymous);
  header.wsa__ReplyTo = &reply_to;
  header.wsman__ResourceURI = strings.keep(head.resource_uri);
  ULONG64 max_envelope = head.max_envelope;
  if (max_envelope > 0) header.wsman__MaxEnvelopeSize = &max_envelope;
  header.wsman__OperationTimeout = strings.keep(head.timeout);
  std::vector<wsman__SelectorType> selectors;
  for (const auto& [name, value] : head.selectors) {
    wsman__SelectorType& selector = selectors.emplace_back();
    selector.Name = strings.keep_even_empty(name);
    selector.__item = strings.keep_even_empty(value);
  }
  wsman__SelectorSetType set;
  set.__sizeSelector = static_cast<int>(selectors.size());
  set.wsman__Selector = selectors.data();
  if (!selectors.empty()) header.wsman__SelectorSet = &set;
  return Message(header).open();
}

Envelope bare_envelope() {
  SOAP_ENV__Header header;
  return Message(header).open();
}

}  // namespace muster::wsman
