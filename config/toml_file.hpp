#pragma once

#include <caf/expected.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace toml {
inline namespace v3 {
struct source_region;
}
} // namespace toml

namespace caly {

/// Limit on a settings file, an agent file or a prompt.
inline constexpr std::size_t config_file_bytes_max = 1 << 20;

/// The whole file. Errors: `errc::not_found`, `errc::too_large`.
caf::expected<std::string> read_small_file(const std::filesystem::path& path,
                                           std::size_t bytes_max);

/// What an error says to people.
std::string error_text(const caf::error& error);

/// `caly.toml:3:7`
std::string toml_place(std::string_view file, const toml::source_region& region);

} // namespace caly
