// SPDX-License-Identifier: GPL-2.0-or-later
// Events of thresholds: a query is asked at an interval, and each instance that begins to answer it is an event,
// told by its keys. It is one again only after it has ceased to answer.
//
// With a filter, what answers it at the first look is an event too: whoever subscribes when the disk is full
// already has to hear of it. Without a filter the condition is "exists", so what is there at the first look is
// none. That is offered for classes whose instances come and go and are few; others need a filter.
//
// A look that fails changes nothing: the next one is compared with the last that succeeded.
//
// Cost    queries that are alike are asked once, kAtOnce of them at a time. Of one answer kMostRows count.
// Threads  the service's one.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/wsman/event_source.h"

namespace muster::wsman {

class Thresholds final : public EventSource {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::size_t kMostRows = 1024;
  static constexpr std::size_t kAtOnce = 4;
  static constexpr std::chrono::seconds kLongestLook{30};  // also when the interval is shorter

  // The source of instances must outlive every fetch that was begun; so must this object.
  Thresholds(InstanceSource& source, std::function<Time()> now) : source_(source), now_(std::move(now)) {}

  bool offers(std::string_view) const override { return true; }
  std::optional<Fault> check(const Watch& watch) const override;
  void start(const std::string& id, const Watch& watch, const Caller& caller, Listener listener) override;
  void refresh(const std::string& id) override;
  void stop(const std::string& id) override;
  void tick() override;

  std::size_t questions() const { return questions_.size(); }

 private:
  struct Waiting {
    Emit emit;
    bool fresh = true;  // has not been told yet what fulfils the condition already
  };
  // One query and everybody who waits for its answers.
  struct Question {
    Watch watch;
    std::map<std::string, Waiting> listeners;
    std::set<std::string> holding;  // keys of the last look
    bool looked = false;
    bool asked = false;
    Time due;
  };
  using QuestionPtr = std::shared_ptr<Question>;
  struct Look {
    QuestionPtr question;
    std::size_t next = 0;
    Time until;
    Rows rows;
  };

  void ask(const QuestionPtr& question);
  void ask_next(const std::shared_ptr<Look>& look);
  void ended(Question& question);
  void judge(Question& question, const Rows& rows);

  InstanceSource& source_;
  std::function<Time()> now_;
  std::map<std::string, QuestionPtr> questions_;  // by the words of the condition
  std::map<std::string, QuestionPtr> by_listener_;
  std::size_t asked_ = 0;
};

}  // namespace muster::wsman
