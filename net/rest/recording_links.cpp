#include "net/rest/recording_links.hpp"

#include "net/auth/hmac.hpp"
#include "net/http/answers.hpp"
#include "runtime/base/text.hpp"

#include <algorithm>
#include <charconv>

namespace caly {

namespace {

constexpr std::uint32_t piece_bytes = 256 << 10;
constexpr std::chrono::seconds piece_timeout{10};

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number out{};
  const auto [end, problem] =
      std::from_chars(text.data(), text.data() + text.size(), out);
  if (problem != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return out;
}

/// Reads the range, a piece at a time.
body_source source_of(actor_gateways& gateways,
                      blob_store_actor blobs,
                      http_request::post_function post,
                      std::string key,
                      byte_range range) {
  auto at = std::make_shared<std::uint64_t>(range.first);
  return [=, &gateways](std::function<void(caf::expected<std::string>)> next) {
    if (*at > range.last)
      return next(std::string{});
    const auto bytes = std::min<std::uint64_t>(piece_bytes, range.last - *at + 1);
    gateways.ask<blob_piece>(blobs,
                             piece_timeout,
                             read_blob{key, *at, static_cast<std::uint32_t>(bytes)},
                             post,
                             [at, next](caf::expected<blob_piece> piece) {
                               if (!piece)
                                 return next(std::move(piece.error()));
                               *at += piece->bytes.size();
                               next(std::move(piece->bytes));
                             });
  };
}

} // namespace

std::string recording_links::mac_of(std::string_view text) const {
  return hmac_sha256_hex(secret_, "recording:" + std::string{text}).substr(0, 32);
}

std::string recording_links::issue(const recording_link& link, std::int64_t now_s) const {
  const auto text = to_base64url(link.key) + '.' + std::to_string(link.bytes) + '.' +
                    std::to_string(now_s + lifetime_.count());
  return text + '.' + mac_of(text);
}

std::optional<recording_link> recording_links::check(std::string_view token,
                                                     std::int64_t now_s) const {
  const auto parts = split(token, '.');
  if (token.size() > 1000 || parts.size() != 4)
    return std::nullopt;
  const auto text = token.substr(0, token.size() - parts[3].size() - 1);
  if (!equal_constant_time(mac_of(text), parts[3]))
    return std::nullopt;
  recording_link out;
  const auto bytes = number<std::uint64_t>(parts[1]);
  const auto until = number<std::int64_t>(parts[2]);
  if (!from_base64url(parts[0], out.key) || !bytes || !until || *until < now_s)
    return std::nullopt;
  out.bytes = *bytes;
  return out;
}

std::optional<byte_range> range_of(std::string_view header, std::uint64_t total) {
  byte_range out{0, total == 0 ? 0 : total - 1, false};
  if (!header.starts_with("bytes=") || header.find(',') != std::string_view::npos)
    return out;
  header.remove_prefix(6);
  const auto dash = header.find('-');
  const auto from = number<std::uint64_t>(header.substr(0, dash));
  const auto until =
      dash == std::string_view::npos ? std::string_view{} : header.substr(dash + 1);
  const auto to = number<std::uint64_t>(until);
  out.part = true;
  if (dash == 0 && to) { // the last so many
    if (*to == 0 || total == 0)
      return std::nullopt;
    out.first = total - std::min(*to, total);
    return out;
  }
  if (!from || *from >= total || (to && *to < *from))
    return std::nullopt;
  out.first = *from;
  if (to)
    out.last = std::min(*to, total - 1);
  return out;
}

void recording_files::add_to(router& routes, actor_gateways& gateways) {
  routes.get(std::string{path} + ":token",
             route_policy::open,
             [this, &gateways](const request_ptr& r) { serve(r, gateways); });
}

void recording_files::serve(const request_ptr& request, actor_gateways& gateways) const {
  const auto now_s = to_unix_ms(clock_()) / 1000;
  const auto link = links_.check(request->param("token"), now_s);
  if (!link)
    return request->respond(
        problem(request->correlation_id,
                404,
                "not_found",
                "This address of a recording is not valid any more; ask for another."));
  const auto range = range_of(request->header("Range"), link->bytes);
  http_response response;
  response.content_type = "audio/wav";
  response.with("Accept-Ranges", "bytes");
  if (!range) {
    response = problem(request->correlation_id, 416, "bad_range", "No such part of it.");
    response.with("Content-Range", "bytes */" + std::to_string(link->bytes));
    return request->respond(std::move(response));
  }
  if (range->part) {
    response.status = 206;
    response.with("Content-Range",
                  "bytes " + std::to_string(range->first) + '-' +
                      std::to_string(range->last) + '/' + std::to_string(link->bytes));
  }
  // The first piece tells whether the recording is there, while an error can still be
  // one.
  const auto source = source_of(gateways, blobs_, request->poster(), link->key, *range);
  source([request, source, response](caf::expected<std::string> first) mutable {
    if (!first)
      return request->respond(failure(request->correlation_id, first.error()));
    auto ready = std::make_shared<std::optional<std::string>>(std::move(*first));
    response.source = [ready,
                       source](std::function<void(caf::expected<std::string>)> next) {
      if (auto piece = std::exchange(*ready, std::nullopt))
        return next(std::move(*piece));
      source(std::move(next));
    };
    request->respond(std::move(response));
  });
}

} // namespace caly
