// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/header.h"

#include <string>
#include <string_view>

#include "core/wsman/escape.h"
#include "core/wsman/names.h"
#include "core/wsman/xml.h"

namespace muster::wsman {
namespace {

struct Row {
  Block block;
  std::string_view uri;
  std::string_view local;
};

constexpr Row kRows[] = {
    {Block::action, names::kAddressing, "Action"},
    {Block::to, names::kAddressing, "To"},
    {Block::message_id, names::kAddressing, "MessageID"},
    {Block::reply_to, names::kAddressing, "ReplyTo"},
    {Block::fault_to, names::kAddressing, "FaultTo"},
    {Block::from, names::kAddressing, "From"},
    {Block::relates_to, names::kAddressing, "RelatesTo"},
    {Block::resource_uri, names::kWsman, "ResourceURI"},
    {Block::selector_set, names::kWsman, "SelectorSet"},
    {Block::max_envelope_size, names::kWsman, "MaxEnvelopeSize"},
    {Block::operation_timeout, names::kWsman, "OperationTimeout"},
    {Block::locale, names::kWsman, "Locale"},
    {Block::total_items, names::kWsman, "RequestTotalItemsCountEstimate"},
    {Block::fragment_transfer, names::kWsman, "FragmentTransfer"},
    {Block::option_set, names::kWsman, "OptionSet"},
    {Block::request_epr, names::kWsman, "RequestEPR"},
    {Block::identifier, names::kEventing, "Identifier"},
    {Block::data_locale, names::kMicrosoft, "DataLocale"},
    {Block::session_id, names::kMicrosoft, "SessionId"},
    {Block::operation_id, names::kMicrosoft, "OperationID"},
    {Block::sequence_id, names::kMicrosoft, "SequenceId"},
};

constexpr std::size_t kMaxListed = 8;  // blocks named in one NotUnderstood answer

const Row* find_row(const xml::Scope& scope, pugi::xml_node block) {
  const std::string_view local = xml::local_name(block.name());
  for (const Row& row : kRows) {
    if (row.local == local && scope.uri_of(block) == row.uri) return &row;
  }
  return nullptr;
}

// SOAP 1.2 part 1, 2.2: we are "next" and the ultimate receiver.
bool for_us(const xml::Scope& scope, pugi::xml_node block) {
  const pugi::xml_attribute role = scope.attribute(block, names::kSoap, "role");
  if (!role) return true;
  const std::string_view value = trimmed(role.value());
  return value.empty() || value == names::kNextRole || value == names::kUltimateRole;
}

bool is_true(std::string_view value) {
  return value == "true" || value == "1";
}

bool is_boolean(std::string_view value) {
  return is_true(value) || value == "false" || value == "0";
}

}  // namespace

bool must_understand(pugi::xml_node block) {
  return is_true(trimmed(xml::attribute(block, names::kSoap, "mustUnderstand").value()));
}

std::optional<Fault> read_header(pugi::xml_node header, HeaderBlocks& out) {
  Fault refused{FaultCode::not_understood};
  std::string twice;
  const xml::Scope scope(header);
  for (pugi::xml_node block = xml::first_element(header); block; block = xml::next_element(block)) {
    if (!for_us(scope, block)) continue;
    const pugi::xml_attribute flag = scope.attribute(block, names::kSoap, "mustUnderstand");
    const std::string_view wanted = trimmed(flag.value());
    if (flag && !is_boolean(wanted)) {
      return Fault{FaultCode::schema_validation_error, "mustUnderstand is neither true nor false"};
    }
    const Row* row = find_row(scope, block);
    if (row == nullptr && is_true(wanted) && refused.not_understood.size() < kMaxListed) {
      refused.not_understood.push_back(
          {std::string(xml::uri_of(block)), std::string(xml::local_name(block.name()))});
    }
    if (row == nullptr) continue;
    pugi::xml_node& place = out.nodes.at(static_cast<std::size_t>(row->block));
    if (place) {
      twice = row->local;
    } else {
      place = block;
    }
  }
  if (!refused.not_understood.empty()) return refused;
  if (!twice.empty()) return Fault{FaultCode::invalid_header, "header " + twice + " is there twice"};
  return std::nullopt;
}

}  // namespace muster::wsman
