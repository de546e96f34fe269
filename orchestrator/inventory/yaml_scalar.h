// SPDX-License-Identifier: GPL-2.0-or-later
// What a YAML scalar is without its quotation marks, and how to write one in a single line.
// Source: YAML 1.1 types, which Ansible's reader applies.
#pragma once

#include <string>
#include <string_view>

namespace muster {

struct YamlNode;

// Integers, floating point numbers, true/yes/on and their opposites, null.
bool is_yaml_number_or_truth(std::string_view plain);

bool is_known_yaml_tag(std::string_view tag);

// A node in flow form: {"a": [1, true]}. Its depth and size were bounded when it was read.
std::string flow_text(const YamlNode& node);

}  // namespace muster
