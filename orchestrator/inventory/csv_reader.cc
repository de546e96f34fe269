// SPDX-License-Identifier: GPL-2.0-or-later
// Tables of hosts: what spreadsheets and asset data bases export, and what System Center's users keep.
//
// The first line has the titles. One must be the host's: name, host, hostname or ServerDNSName. address, port, user and
// groups mean what they say, a host's groups divided by spaces, ';' or '|'; any other title is the name of a variable. An
// empty field says nothing. Fields are divided by the first of ',', ';' and tab that the titles have.
// Source  RFC 4180.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <csv.h>

#include "orchestrator/inventory/draft.h"
#include "orchestrator/inventory/inventory.h"
#include "orchestrator/inventory/limits.h"
#include "orchestrator/inventory/names.h"
#include "orchestrator/inventory/text.h"

namespace muster {
namespace {

struct Field {
  std::string text;
  Mark where;
};
using Line = std::vector<Field>;

struct Title {
  std::string_view spelled;  // lower case
  std::string_view variable;
};
constexpr std::string_view kHost = "host";
constexpr std::string_view kGroups = "groups";
constexpr std::array kTitles = {
    Title{"name", kHost},
    Title{"host", kHost},
    Title{"hostname", kHost},
    Title{"serverdnsname", kHost},
    Title{"groups", kGroups},
    Title{"group", kGroups},
    Title{"address", "ansible_host"},
    Title{"ip", "ansible_host"},
    Title{"port", "ansible_port"},
    Title{"sshport", "ansible_port"},
    Title{"user", "ansible_user"},
};

// libcsv tells fields and lines, one octet after the other so that their places are known.
class CsvText {
 public:
  explicit CsvText(char divider) {
    ::csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    ::csv_set_delim(&parser_, static_cast<unsigned char>(divider));
  }
  ~CsvText() { ::csv_free(&parser_); }
  CsvText(const CsvText&) = delete;
  CsvText& operator=(const CsvText&) = delete;
  CsvText(CsvText&&) = delete;
  CsvText& operator=(CsvText&&) = delete;

  // False: the text is no CSV from where() on.
  bool read(std::string_view text) {
    for (const char c : text) {
      if (::csv_parse(&parser_, &c, 1, &end_of_field, &end_of_line, this) != 1) return false;
      const bool breaks = c == '\n' || c == '\r';
      if (c == '\n') {
        at_ = {at_.line + 1, 1};
      } else {
        ++at_.column;
      }
      if (begins_ || (fresh_ && breaks)) begin_ = at_;
      begins_ = false;
      fresh_ = fresh_ && breaks;
    }
    return ::csv_fini(&parser_, &end_of_field, &end_of_line, this) == 0;
  }

  Mark where() const { return at_; }
  std::vector<Line>& lines() { return lines_; }

 private:
  static void end_of_field(void* field, std::size_t size, void* self) {
    auto& csv = *static_cast<CsvText*>(self);
    csv.line_.push_back({std::string(trimmed({static_cast<const char*>(field), size})), csv.begin_});
    csv.begins_ = true;
  }
  static void end_of_line(int, void* self) {
    auto& csv = *static_cast<CsvText*>(self);
    csv.lines_.push_back(std::exchange(csv.line_, {}));
    csv.begins_ = csv.fresh_ = true;
  }

  csv_parser parser_{};
  Mark at_{1, 1};
  Mark begin_{1, 1};
  bool begins_ = false;  // a field, with the next octet
  bool fresh_ = false;   // a line, of which there is nothing yet
  Line line_;
  std::vector<Line> lines_;
};

char divider_of(std::string_view text) {
  const auto titles = text.substr(0, text.find('\n'));
  const auto found = titles.find_first_of(",;\t");
  return found == std::string_view::npos ? ',' : titles[found];
}

// Without what does not make a difference: "Server DNS Name", "server_dns_name".
std::string plain(std::string_view title) {
  std::string text = lower_case(title);
  std::erase_if(text, [](char c) { return c == ' ' || c == '_' || c == '-'; });
  return text;
}

std::string variable_of(const std::string& title) {
  const auto known = std::find_if(kTitles.begin(), kTitles.end(), [wanted = plain(title)](const Title& each) {
    return each.spelled == wanted;
  });
  return known == kTitles.end() ? title : std::string(known->variable);
}

class CsvReader {
 public:
  explicit CsvReader(Draft& draft) : draft_(draft) {}

  void read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (const auto bad = find_bad_byte(text)) {
      return draft_.report({}, Errc::malformed, "byte " + shown(text.substr(*bad, 1)) + " is not acceptable",
                           "save the table as UTF-8");
    }
    CsvText csv(divider_of(text));
    if (!csv.read(text)) {
      return draft_.report(csv.where(), Errc::malformed,
                           "a quotation mark is where none can be, or is missing",
                           "a field with '\"' in it stands in '\"', and has each of its own twice");
    }
    auto& lines = csv.lines();
    std::erase_if(lines, [](const Line& line) {
      return std::all_of(line.begin(), line.end(), [](const Field& field) { return field.text.empty(); });
    });
    if (lines.empty() || !read_titles(lines.front())) return;
    for (auto line = lines.begin() + 1; line != lines.end(); ++line) read_host(*line);
  }

 private:
  bool read_titles(const Line& line) {
    bool good = true;
    for (const Field& title : line) {
      std::string name = variable_of(title.text);
      if (!is_variable_name(name)) {
        draft_.report(title.where, Errc::malformed, shown(title.text) + " is no title of a column",
                      "name, address, port, user, groups, or the name of a variable");
        good = false;
      } else if (std::find(columns_.begin(), columns_.end(), name) != columns_.end()) {
        draft_.report(title.where, Errc::malformed, "two columns mean " + shown(name),
                      "leave one of them out");
        good = false;
      }
      columns_.push_back(std::move(name));
    }
    if (std::find(columns_.begin(), columns_.end(), kHost) == columns_.end()) {
      draft_.report(line.front().where, Errc::malformed, "no column has the hosts' names",
                    "the first line has the titles, and one of them is name");
      good = false;
    }
    return good;
  }

  void read_host(const Line& line) {
    if (line.size() > columns_.size()) {
      return draft_.report(line[columns_.size()].where, Errc::malformed,
                           "a line with " + std::to_string(line.size()) + " fields below " +
                               std::to_string(columns_.size()) + " titles",
                           "a field that holds the divider stands in '\"'");
    }
    const Field* host = nullptr;
    std::vector<std::size_t> groups;
    Settings settings;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const Field& field = line[i];
      if (field.text.empty()) continue;
      if (columns_[i] == kHost) {
        host = &field;
      } else if (columns_[i] == kGroups) {
        groups = groups_of(field);
      } else {
        draft_.set_variable(settings, columns_[i], {field.text, field.where});
      }
    }
    if (host == nullptr) {
      return draft_.report(line.front().where, Errc::malformed, "a line without the host's name",
                           "name it, or remove it");
    }
    if (!is_host_name(host->text)) {
      return draft_.report(host->where, Errc::malformed, shown(host->text) + " is not a host name",
                           "a name or an address, one a line");
    }
    const auto [known, added] = seen_.emplace(host->text, host->where.line);
    if (!added) {
      return draft_.report(
          host->where, Errc::malformed,
          "host " + host->text + " is there twice, in line " + std::to_string(known->second) + ", too",
          "one line a host; its groups stand in one field, divided by spaces");
    }
    if (groups.empty()) groups.push_back(Draft::kUngrouped);
    draft_.add_hosts(host->text, groups.front(), std::move(settings), host->where);
    for (auto group = groups.begin() + 1; group != groups.end(); ++group) {
      draft_.add_hosts(host->text, *group, {}, host->where);
    }
  }

  std::vector<std::size_t> groups_of(const Field& field) {
    std::vector<std::size_t> groups;
    std::string_view rest = field.text;
    while (!rest.empty()) {
      const auto end = std::min(rest.find_first_of(" ;|,"), rest.size());
      const auto name = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (name.empty()) continue;
      if (!is_group_name(name)) {
        draft_.report(field.where, Errc::malformed, shown(name) + " is not a group name",
                      "letters, digits, '.', '_' and '-', not beginning with '-' or '.'");
        continue;
      }
      groups.push_back(draft_.add_group(name, field.where));
      draft_.declare(groups.back());
    }
    return groups;
  }

  Draft& draft_;
  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::size_t> seen_;  // hosts, with their lines
};

}  // namespace

Draft draft_inventory_csv(std::string_view text, std::string file) {
  Draft draft(std::move(file));
  if (text.size() > limits::kFileBytes) {
    draft.report({}, Errc::malformed, "larger than 16 MiB", "divide the inventory into several files");
  } else {
    CsvReader(draft).read(text);
  }
  return draft;
}

InventoryReading parse_inventory_csv(std::string_view text, std::string file) {
  return resolve(draft_inventory_csv(text, std::move(file)));
}

}  // namespace muster
