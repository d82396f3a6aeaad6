#pragma once

#include "actors/call/log/log_reader.hpp"

#include <caf/message.hpp>

#include <span>
#include <string_view>

namespace caly::call_logs {

/// How one type of message that a call's actor takes is written and read.
struct message_codec {
  std::string_view name;
  caf::rtti_pair type;
  void (*write)(const caf::type_erased_tuple& from, log_writer& to);
  /// Empty: it is not what such a message looks like.
  caf::message (*read)(const json& from, log_reader& reader);
};

/// Everything that a call's actor takes: messages, answers to its requests, the end of
/// others.
std::span<const message_codec> message_codecs();

/// Null: no message of a call.
const message_codec* codec_of(const caf::type_erased_tuple& message);
const message_codec* codec_of(std::string_view name);

} // namespace caly::call_logs
