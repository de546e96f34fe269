// SPDX-License-Identifier: GPL-2.0-or-later
#include "orchestrator/poll/reading_json.h"

#include <nlohmann/json.hpp>

#include "orchestrator/cli/time_text.h"

namespace muster {
namespace {

template <class T>
Json optional_json(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json vitals_json(const Vitals& vitals) {
  return {{"up_time_seconds", vitals.up_time ? Json(vitals.up_time->count()) : Json(nullptr)},
          {"cpu_percent", optional_json(vitals.cpu_percent)},
          {"memory_percent", optional_json(vitals.memory_percent)},
          {"processes", optional_json(vitals.processes)},
          {"fullest_file_system", vitals.fullest_file_system},
          {"fullest_percent", optional_json(vitals.fullest_percent)}};
}

}  // namespace

Json item_json(const wsman::Item& item) {
  Json object = Json::object();
  for (const auto& property : item.properties) {
    const auto value = property.null ? Json(nullptr) : Json(property.text);
    if (!object.contains(property.name)) {
      object[property.name] = value;
      continue;
    }
    auto& present = object[property.name];
    if (!present.is_array()) present = Json::array({present});
    present.push_back(value);
  }
  return object;
}

Json reading_json(const Reading& reading) {
  Json classes = Json::object();
  for (const auto& one : reading.classes) {
    if (one.error) {
      classes[one.class_name] = error_json(*one.error);
      continue;
    }
    Json items = Json::array();
    for (const auto& item : one.items) items.push_back(item_json(item));
    classes[one.class_name] = std::move(items);
  }
  Json document = {{"host", reading.host},
                   {"at", iso8601(reading.at)},
                   {"state", reading.error     ? "failed"
                             : reading.whole() ? "up"
                                               : "partly"},
                   {"took_ms", reading.took.count()},
                   {"vitals", vitals_json(vitals_of(reading))},
                   {"classes", std::move(classes)}};
  if (reading.error) document.update(error_json(*reading.error));
  return document;
}

}  // namespace muster
