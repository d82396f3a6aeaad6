#pragma once

#include "cluster/client/failure.hpp"
#include "runtime/base/json.hpp"

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace caly::client {

enum class out_format { table, json, csv, id };

/// What the user chose for all commands.
struct out_options {
  out_format format = out_format::table;
  bool quiet = false;
  bool color = false;    ///< of standard error
  bool terminal = false; ///< both standard streams are one: progress may be drawn
};

/// Looks at the streams and at `NO_COLOR`.
out_options detect_terminal();

/// A column of a list: the member it shows, `counts.done` for an inner one.
struct out_column {
  enum class kind { text, number, credits, seconds };

  std::string title;
  std::string member;
  kind shown = kind::text;
};

/// Data for standard output. `json` prints rows as the API gave them, `id` their ids.
std::string render_rows(const std::vector<json>& rows,
                        const std::vector<out_column>& columns,
                        out_format format);

/// One object: names and values, inner objects as `outer.inner`.
std::string render_record(const json& object, out_format format);

/// `error[code]: message` and the hint on a line of its own.
std::string render_failure(const failure& reason, bool color);

/// A word for people on standard error, unless `-q`.
void say(const out_options& options, std::string_view text);

/// Credits with two to six decimals: `12.5` → `12.50`.
std::string credits_text(std::int64_t micros);

/// How many columns the text takes on a screen.
std::size_t text_width(std::string_view text);

/// Removes what a terminal would act on.
std::string printable(std::string_view text);

} // namespace caly::client
