#pragma once

#include <string>
#include <string_view>

namespace caly {

/// For an XML document's text and attributes. Of a text that is not UTF-8 only ASCII
/// stays: a broken character makes readers refuse the whole document.
std::string xml_escaped(std::string_view text);

} // namespace caly
