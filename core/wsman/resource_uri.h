// SPDX-License-Identifier: GPL-2.0-or-later
// What a ResourceURI names: a class, in the DMTF or the Microsoft form, or the declaration of one, in the form of
// CIM-XML; perhaps with its CIM namespace glued on as "?__cimnamespace=root/scx", which is a habit of SCOM and of OMI's own tools.
//
// Errors  malformed: any other form.
#pragma once

#include <string>
#include <string_view>

#include "core/base/error.h"

namespace muster::wsman {

enum class Subject { instances, declarations };

struct Resource {
  Subject subject = Subject::instances;
  std::string class_name;     // "*" for all classes
  std::string cim_namespace;  // empty when the URI does not say
};

Result<Resource> parse_resource_uri(std::string_view uri);

bool same_name(std::string_view a, std::string_view b);  // ASCII, without case, as CIM names compare

}  // namespace muster::wsman
