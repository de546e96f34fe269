// SPDX-License-Identifier: GPL-2.0-or-later
// What a client makes of an HTTP answer before it looks at the body's element: SOAP, or the reason why not.
#pragma once

#include <string_view>

#include <pugixml.hpp>

#include "core/base/error.h"

namespace muster::wsman {

// The Body's first element, null when it is empty. It lives in `document`. A fault, a status that carries no
// SOAP and text that is not an envelope become the Error that client.h promises.
Result<pugi::xml_node> read_reply(int status, std::string_view body, pugi::xml_document& document);

Error unexpected(pugi::xml_node payload, std::string_view wanted);

}  // namespace muster::wsman
