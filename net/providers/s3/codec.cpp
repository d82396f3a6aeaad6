#include "net/providers/s3/codec.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/text.hpp"

namespace caly::s3 {

namespace {

/// Codes that come with status 400 and mean "later".
bool is_passing(std::string_view code) {
  return code == "RequestTimeout" || code == "RequestRateLimitExceeded" ||
         code == "SlowDown" || code == "InternalError" || code == "ServiceUnavailable";
}

void append_escaped(std::string& out, std::string_view text) {
  for (const auto each : text)
    if (each == '&')
      out += "&amp;";
    else if (each == '<')
      out += "&lt;";
    else if (each == '"')
      out += "&quot;";
    else
      out += each;
}

} // namespace

std::string xml_text(std::string_view xml, std::string_view name) {
  const auto opening = '<' + std::string{name} + '>';
  const auto from = xml.find(opening);
  if (from == std::string_view::npos)
    return {};
  const auto rest = xml.substr(from + opening.size());
  const auto to = rest.find('<');
  if (to == std::string_view::npos ||
      !rest.substr(to).starts_with("</" + std::string{name} + '>'))
    return {};
  return std::string{trim(rest.substr(0, to))};
}

std::string complete_upload(const std::vector<std::string>& etags) {
  std::string out = "<CompleteMultipartUpload>";
  for (std::size_t i = 0; i < etags.size(); ++i) {
    out += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>";
    append_escaped(out, etags[i]);
    out += "</ETag></Part>";
  }
  return out + "</CompleteMultipartUpload>";
}

verdict judge(const http_answer& answer) {
  if (answer.outcome != http_outcome::answered)
    return verdict::again;
  const auto error = answer.body.find("<Error>") != std::string::npos;
  if (answer.status >= 200 && answer.status < 300)
    return error ? verdict::again : verdict::done;
  if (answer.status == 404)
    return xml_text(answer.body, "Code") == "NoSuchBucket" ? verdict::refused
                                                           : verdict::absent;
  if (answer.status >= 500 || answer.status == 429 || answer.status == 409 ||
      is_passing(xml_text(answer.body, "Code")))
    return verdict::again;
  return verdict::refused;
}

caf::error failure_of(const http_answer& answer) {
  if (answer.outcome != http_outcome::answered)
    return caf::make_error(errc::unavailable, "s3: " + answer.problem);
  return caf::make_error(judge(answer) == verdict::again ? errc::unavailable
                                                         : errc::refused,
                         "s3: " + std::to_string(answer.status) + ' ' +
                             one_line(xml_text(answer.body, "Code"), 100) + ": " +
                             one_line(xml_text(answer.body, "Message"), 300));
}

} // namespace caly::s3
