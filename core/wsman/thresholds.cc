// SPDX-License-Identifier: GPL-2.0-or-later
#include "core/wsman/thresholds.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/cim/class.h"
#include "core/wsman/names.h"

namespace muster::wsman {
namespace {

// Whose appearing is an event by itself.
constexpr std::string_view kAppearing[] = {
    "SCX_FileSystem",         "SCX_DiskDrive",      "SCX_LANEndpoint",        "SCX_IPProtocolEndpoint",
    "SCX_Application_Server", "Muster_SystemdUnit", "Muster_CertificateFile", "Muster_ControlGroup"};

// Instances of these cannot be listed; a source of their own may have other events.
constexpr std::string_view kUnlisted[] = {names::kLogFileClass};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::any_of(std::begin(names), std::end(names),
                     [name](std::string_view each) { return cim::same_name(each, name); });
}

}  // namespace

std::optional<Fault> Thresholds::check(const Watch& watch) const {
  if (is_among(kUnlisted, watch.class_name)) {
    return Fault{FaultCode::action_not_supported, "class " + watch.class_name + " has no events here"};
  }
  if (watch.filtered || is_among(kAppearing, watch.class_name)) return std::nullopt;
  return Fault{FaultCode::filtering_unavailable,
               "events of class " + watch.class_name + " need a filter that says what is an event",
               "FilteringRequired"};
}

void Thresholds::start(const std::string& id, const Watch& watch, const Caller& /*caller*/,
                       Listener listener) {
  QuestionPtr& question = questions_[watch.words];
  if (!question) {
    question = std::make_shared<Question>();
    question->watch = watch;
    for (Query& query : question->watch.queries) query.shape.content = ItemShape::Content::both;
    question->due = now_();
  }
  question->listeners[id].emit = std::move(listener.event);
  by_listener_[id] = question;
  refresh(id);
  listener.started(std::nullopt);
}

void Thresholds::refresh(const std::string& id) {
  const auto found = by_listener_.find(id);
  if (found == by_listener_.end()) return;
  Question& question = *found->second;
  question.listeners[id].fresh = true;
  question.due = std::min(question.due, now_());
}

void Thresholds::stop(const std::string& id) {
  const auto found = by_listener_.find(id);
  if (found == by_listener_.end()) return;
  const QuestionPtr question = found->second;
  by_listener_.erase(found);
  question->listeners.erase(id);
  if (question->listeners.empty()) questions_.erase(question->watch.words);
}

void Thresholds::tick() {
  std::vector<QuestionPtr> due;
  for (const auto& [words, question] : questions_) {
    if (!question->asked && question->due <= now_()) due.push_back(question);
  }
  std::sort(due.begin(), due.end(), [](const auto& a, const auto& b) { return a->due < b->due; });
  for (const QuestionPtr& question : due) {
    if (asked_ >= kAtOnce) return;
    ask(question);
  }
}

void Thresholds::ask(const QuestionPtr& question) {
  const auto look = std::make_shared<Look>();
  look->question = question;
  look->until = now_() + kLongestLook;  // a slow host is looked at less often, and not in vain
  question->asked = true;
  question->due = now_() + question->watch.interval;
  ++asked_;
  ask_next(look);
}

// A base class is asked for as each of its descendants.
void Thresholds::ask_next(const std::shared_ptr<Look>& look) {
  Question& question = *look->question;
  if (look->next == question.watch.queries.size()) {
    judge(question, look->rows);
    return ended(question);
  }
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(look->until - now_());
  if (left.count() <= 0) return ended(question);
  source_.fetch(question.watch.queries[look->next++], left, [this, look](Result<Rows> rows) {
    if (!rows && rows.error().code != Errc::unsupported) return ended(*look->question);
    if (rows) std::move(rows->begin(), rows->end(), std::back_inserter(look->rows));
    ask_next(look);
  });
}

void Thresholds::ended(Question& question) {
  question.asked = false;
  --asked_;
}

void Thresholds::judge(Question& question, const Rows& rows) {
  const bool first = !std::exchange(question.looked, true);
  std::set<std::string> holding;
  std::vector<std::pair<Emit, std::string>> events;  // told afterwards: whoever hears may stop the watch
  for (const std::string& row : std::span(rows).first(std::min(rows.size(), kMostRows))) {
    const ItemParts parts = parts_of(row);
    std::string key(parts.reference);
    if (holding.contains(key)) continue;
    const bool begins = !first && !question.holding.contains(key);
    for (const auto& [id, listener] : question.listeners) {
      const bool tell = begins || (listener.fresh && question.watch.filtered);
      if (tell) events.emplace_back(listener.emit, parts.object);
    }
    holding.insert(std::move(key));
  }
  question.holding = std::move(holding);
  for (auto& [id, listener] : question.listeners) listener.fresh = false;
  for (const auto& [emit, item] : events) emit(item, nullptr);
}

}  // namespace muster::wsman
