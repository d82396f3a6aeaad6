#include "actors/call/log/message_codec.hpp"

#include "actors/api/carrier.hpp"
#include "actors/api/records.hpp"

#include <array>

namespace caly::call_logs {

namespace {

template <class T>
message_codec codec(std::string_view name) {
  return {name,
          caf::make_rtti_pair<T>(),
          [](const caf::type_erased_tuple& from, log_writer& to) {
            to.write(from.get_as<T>(0));
          },
          [](const json& from, log_reader& reader) {
            T x{};
            return reader.read(from, x) ? caf::make_message(std::move(x))
                                        : caf::message{};
          }};
}

const auto& table() {
  static const std::array codecs{
      codec<call_tick>("call_tick"),
      codec<turn_heard>("turn_heard"),
      codec<media_event>("media_event"),
      codec<choose_voice>("choose_voice"),
      codec<attach_media>("attach_media"),
      codec<tool_called>("tool_called"),
      codec<open_text>("open_text"),
      codec<hear_text>("hear_text"),
      codec<answered>("answered"),
      codec<media_closed>("media_closed"),
      codec<call_progressed>("call_progressed"),
      codec<end_call>("end_call"),
      codec<steer_recording>("steer_recording"),
      codec<press_keys>("press_keys"),
      codec<transfer_call>("transfer_call"),
      codec<transfer_progressed>("transfer_progressed"),
      codec<say_text>("say_text"),
      codec<advise_agent>("advise_agent"),
      codec<give_word>("give_word"),
      codec<person_speaks>("person_speaks"),
      codec<listen_in>("listen_in"),
      // -- answers
      codec<bool>("bool"),
      codec<std::uint32_t>("number"),
      codec<std::string>("text"),
      codec<sendable_calls>("sendable_calls"),
      codec<placed_call>("placed_call"),
      codec<looked_up_call>("looked_up_call"),
      codec<progress_answer>("progress_answer"),
      codec<call_sheet>("call_sheet"),
      codec<call_session>("call_session"),
      codec<record_answer>("record_answer"),
      codec<caf::error>("error"),
      // -- the end of others, and of this one
      codec<caf::down_msg>("down"),
      codec<caf::exit_msg>("exit"),
  };
  return codecs;
}

} // namespace

std::span<const message_codec> message_codecs() {
  return table();
}

const message_codec* codec_of(const caf::type_erased_tuple& message) {
  if (message.size() != 1)
    return nullptr;
  for (const auto& each : table())
    if (message.matches(0, each.type))
      return &each;
  return nullptr;
}

const message_codec* codec_of(std::string_view name) {
  for (const auto& each : table())
    if (each.name == name)
      return &each;
  return nullptr;
}

} // namespace caly::call_logs
