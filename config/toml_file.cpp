#include "config/toml_file.hpp"

#include "runtime/base/error.hpp"

#include <fmt/format.h>

#include <fstream>
#include <toml++/toml.h>

namespace caly {

caf::expected<std::string> read_small_file(const std::filesystem::path& path,
                                           std::size_t bytes_max) {
  std::error_code failed;
  // Opening a folder succeeds and reading it fails late; a pipe would wait for ever.
  if (!std::filesystem::is_regular_file(path, failed))
    return caf::make_error(
        errc::not_found, fmt::format("{} is not a file that can be read", path.string()));
  std::ifstream in{path, std::ios::binary};
  if (!in)
    return caf::make_error(errc::not_found,
                           fmt::format("{} cannot be opened", path.string()));
  std::string text(bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > bytes_max)
    return caf::make_error(
        errc::too_large,
        fmt::format("{} is larger than {} bytes", path.string(), bytes_max));
  return text;
}

std::string error_text(const caf::error& error) {
  const auto& context = error.context();
  return context.match_elements<std::string>() ? context.get_as<std::string>(0)
                                               : caf::to_string(error);
}

std::string toml_place(std::string_view file, const toml::source_region& region) {
  return fmt::format("{}:{}:{}", file, region.begin.line, region.begin.column);
}

} // namespace caly
