#pragma once

#include "actors/api/carrier.hpp"
#include "net/http/form.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace caly::exotel {

/// `text` with a proof that who knows `secret` wrote it: 22 characters behind a dot.
std::string sign(std::string_view secret, std::string_view text);

/// What `sign` was given; nothing when it was not signed with `secret`.
std::optional<std::string> signed_text(std::string_view secret, std::string_view given);

/// Which of our calls something is about.
struct call_reference {
  tenant_id tenant;
  call_id call;
};

/// The value of CustomField, which comes back in callbacks: both ids, signed. At most
/// 100 of Exotel's 128 characters.
std::string write_reference(std::string_view secret, const call_reference& about);
std::optional<call_reference> read_reference(std::string_view secret,
                                             std::string_view text);

/// What Exotel tells of one call, in our words.
struct told_call {
  std::string sid;
  std::string event;        ///< in Exotel's word: the event, else the status
  std::string status;       ///< normalised; empty: one we do not know
  bool terminal = false;    ///< the phone is free again
  std::string custom_field; ///< as it came
  std::string person;       ///< who is called, or rings in; as Exotel writes numbers
  std::string exophone;     ///< our number
  std::string answered_by;  ///< human, machine or empty
  std::optional<std::int32_t> duration_s; ///< of the talk; absent: not told yet
  std::int64_t created_at_ms = 0;         ///< 0: not told, also below
  std::int64_t started_at_ms = 0;
  std::int64_t ended_at_ms = 0;
};

/// Where a call is placed and what for.
struct create_order {
  std::string stream_url;   ///< at most 600 characters
  std::string callback_url; ///< for its events
  std::string custom_field;
};

/// Fields of POST Calls/connect: the person is connected with our media socket.
form_fields create_fields(const place_call& call, const create_order& order);

/// What an answer to it means.
placed_call read_create(int status, std::string_view body, std::int32_t retry_after_s);

/// The body of GET Calls/{sid}; nothing when it is none.
std::optional<told_call> read_call(std::string_view body);

/// A status callback, both documented shapes of it; nothing when it names no call.
std::optional<told_call> read_callback(const form_fields& fields);

/// The call of `wanted` in the body of GET Calls: the one with its `custom_field`, else,
/// among those that tell none, the first to its number since it was sent.
looked_up_call find_in_list(std::string_view body,
                            const doubtful_call& wanted,
                            std::string_view custom_field);

/// A finished talk whose length is not told yet counts as one that goes on: there would
/// be nothing to charge. It is told within minutes.
looked_up_call as_looked_up(const told_call& call);

/// What is recorded of a call. `told` came in a callback; `confirmed` is what the API
/// says of it, and alone decides whether and how it ended.
record_progress as_progress(const call_reference& about,
                            const told_call& told,
                            const told_call& confirmed,
                            std::int64_t now_ms);

/// `2026-01-02 15:04:05` in India's time; 0 when it is none, or the one that stands for
/// "not yet" (the beginning of 1970).
std::int64_t india_ms(std::string_view text);
std::string india_time(std::int64_t unix_ms);

/// `09876543210`, `+919876543210` or `9876543210` in E.164; empty when it is no number.
std::string e164(std::string_view number);

} // namespace caly::exotel
