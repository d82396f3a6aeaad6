#pragma once

#include "cluster/client/api_client.hpp"
#include "cluster/client/terminal.hpp"

#include <atomic>
#include <chrono>
#include <string>

namespace caly::client {

/// The rows of a campaign as a bar of `width` characters: done, given up, not callable,
/// being called, waiting for a retry, waiting.
std::string progress_bar(const json& counts, std::size_t width);

/// The bar with as many figures as fit into `width` characters.
std::string
progress_line(const json& progress, std::chrono::seconds running, std::size_t width);

/// `0:42`, `1:02:03`.
std::string clock_text(std::chrono::seconds time);

/// How wide standard error is; 80 when it is no terminal.
std::size_t terminal_width();

/// Follows a campaign until it does not run any more; draws on standard error. Answers
/// its last progress. Errors: `interrupted` by Ctrl-C; the campaign goes on.
outcome<json>
watch_campaign(api_client& api, const std::string& campaign, const out_options& out);

/// Waits until an import is over. Errors: the import failed, `interrupted`.
outcome<json>
watch_import(api_client& api, const std::string& import, const out_options& out);

} // namespace caly::client
