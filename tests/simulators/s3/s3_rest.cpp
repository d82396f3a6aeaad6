#include "tests/simulators/s3/s3_rest.hpp"

#include "tests/simulators/base/history.hpp"
#include "tests/simulators/base/ids.hpp"
#include "tests/simulators/base/options.hpp"
#include "tests/simulators/http/fault_gate.hpp"
#include "tests/simulators/s3/s3_signature.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

namespace caly::sim {

namespace {

http_response xml(int status, std::string body) {
  http_response out;
  out.status = status;
  out.content_type = "application/xml";
  out.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + std::move(body);
  return out;
}

http_response error(int status, const std::string& code) {
  return xml(status,
             "<Error><Code>" + code + "</Code><Message>" + code +
                 "</Message><RequestId>" + new_id("") + "</RequestId></Error>");
}

http_response no_content() {
  http_response out;
  out.status = 204;
  return out;
}

http_response tagged(const std::string& etag) {
  http_response out;
  out.headers.emplace_back("ETag", '"' + etag + '"');
  return out;
}

/// The numbers of the parts that a completion names, in its order.
std::vector<int> parts_named(std::string_view body) {
  constexpr std::string_view opening = "<PartNumber>";
  std::vector<int> out;
  for (auto at = body.find(opening); at != std::string_view::npos;
       at = body.find(opening, at + 1))
    out.push_back(std::atoi(std::string{body.substr(at + opening.size(), 6)}.c_str()));
  return out;
}

} // namespace

void s3_rest::serve(const exchange_ptr& exchange) {
  through_faults(world_, "s3", false, exchange, [this, exchange](fault drawn) {
    route(exchange, drawn);
  });
}

void s3_rest::route(const exchange_ptr& exchange, fault drawn) {
  const auto& request = exchange->request();
  const auto reply = [&](http_response response) {
    world_.log.request("s3", request.method, request.path, response.status);
    exchange->reply(std::move(response));
  };
  if (drawn == fault::too_many)
    return reply(error(503, "SlowDown"));
  if (drawn == fault::server_error)
    return reply(error(500, "InternalError"));
  if (drawn == fault::reset)
    return;
  const s3_key key{world_.options.s3_access_key, world_.options.s3_secret_key};
  const auto fault = s3_fault_of(request, key, std::time(nullptr));
  reply(fault.empty() ? answer(request)
                      : error(fault == "XAmzContentSHA256Mismatch" ? 400 : 403, fault));
}

http_response s3_rest::answer(const http_request& request) {
  const auto& method = request.method;
  const auto id = std::string{field(request.query, "uploadId")};
  const auto begins = std::ranges::any_of(
      request.query, [](const auto& each) { return each.first == "uploads"; });
  if (method == "POST" && begins)
    return begin_upload(request);
  if (!id.empty()) {
    auto* found = upload_of(request);
    if (found == nullptr)
      return error(404, "NoSuchUpload");
    if (method == "PUT")
      return put_part(request, *found);
    if (method == "POST")
      return complete(request, id);
    uploads_.erase(id);
    return no_content();
  }
  if (method == "PUT")
    return put(request);
  if (method == "GET" || method == "HEAD")
    return get(request);
  if (method == "DELETE")
    return remove(request);
  return error(405, "MethodNotAllowed");
}

bool s3_rest::has_room(std::size_t bytes) const {
  for (const auto& [path, each] : objects_)
    bytes += each.bytes.size();
  for (const auto& [id, each] : uploads_)
    for (const auto& [number, part] : each.parts)
      bytes += part.bytes.size();
  return bytes <= bytes_max;
}

http_response s3_rest::put(const http_request& request) {
  if (!has_room(request.body.size()))
    return error(507, "InsufficientStorage");
  auto etag = hex_md5(request.body);
  objects_[request.path] = {
      request.body, std::string{request.header("Content-Type")}, etag};
  return tagged(etag);
}

http_response s3_rest::get(const http_request& request) {
  const auto found = objects_.find(request.path);
  if (found == objects_.end())
    return error(404, "NoSuchKey");
  const auto& [path, what] = *found;
  auto out = tagged(what.etag);
  out.content_type = what.content_type;
  out.body = what.bytes;
  out.headers.emplace_back("Accept-Ranges", "bytes");
  if (request.method == "HEAD")
    out.body.clear();
  const auto range = request.header("Range");
  if (!range.starts_with("bytes="))
    return out;
  const auto total = what.bytes.size();
  const auto first = std::strtoull(range.data() + 6, nullptr, 10);
  const auto dash = range.find('-');
  auto last = total - 1;
  if (dash + 1 < range.size())
    last =
        std::min<std::size_t>(last, std::strtoull(range.data() + dash + 1, nullptr, 10));
  if (first >= total || last < first)
    return error(416, "InvalidRange");
  out.status = 206;
  out.body = what.bytes.substr(first, last - first + 1);
  out.headers.emplace_back("Content-Range",
                           "bytes " + std::to_string(first) + '-' + std::to_string(last) +
                               '/' + std::to_string(total));
  return out;
}

http_response s3_rest::remove(const http_request& request) {
  objects_.erase(request.path);
  return no_content(); // also for what was not there
}

http_response s3_rest::begin_upload(const http_request& request) {
  const auto id = new_id("upload-");
  uploads_[id] = {request.path, std::string{request.header("Content-Type")}, {}};
  return xml(200,
             "<InitiateMultipartUploadResult><UploadId>" + id +
                 "</UploadId></InitiateMultipartUploadResult>");
}

s3_rest::upload* s3_rest::upload_of(const http_request& request) {
  const auto found = uploads_.find(std::string{field(request.query, "uploadId")});
  return found == uploads_.end() || found->second.path != request.path ? nullptr
                                                                       : &found->second;
}

http_response s3_rest::put_part(const http_request& request, upload& to) {
  const auto number = std::atoi(std::string{field(request.query, "partNumber")}.c_str());
  if (number < 1 || number > 10'000)
    return error(400, "InvalidArgument");
  if (!has_room(request.body.size()))
    return error(507, "InsufficientStorage");
  const auto etag = hex_md5(request.body);
  to.parts[number] = {request.body, {}, etag};
  return tagged(etag);
}

http_response s3_rest::complete(const http_request& request, const std::string& id) {
  auto& from = uploads_.at(id);
  const auto named = parts_named(request.body);
  if (named.empty() || !std::ranges::is_sorted(named))
    return error(400, "InvalidPartOrder");
  object whole;
  whole.content_type = from.content_type;
  for (const auto number : named) {
    const auto found = from.parts.find(number);
    if (found == from.parts.end() ||
        request.body.find(found->second.etag) == std::string::npos)
      return error(400, "InvalidPart");
    if (number != named.back() && found->second.bytes.size() < part_bytes_min)
      return error(400, "EntityTooSmall");
    whole.bytes += found->second.bytes;
  }
  whole.etag = hex_md5(whole.bytes) + '-' + std::to_string(named.size());
  const auto etag = whole.etag;
  objects_[request.path] = std::move(whole);
  uploads_.erase(id);
  return xml(200,
             "<CompleteMultipartUploadResult><ETag>&quot;" + etag +
                 "&quot;</ETag></CompleteMultipartUploadResult>");
}

} // namespace caly::sim
