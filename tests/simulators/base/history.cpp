#include "tests/simulators/base/history.hpp"

#include "runtime/base/json.hpp"
#include "tests/simulators/base/scheduler.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace caly::sim {

namespace {

void open_line(json_writer& out, std::string_view kind, std::string_view provider) {
  out.begin_object()
      .field("t", monotonic_seconds())
      .field("kind", kind)
      .field("provider", provider);
}

} // namespace

history::history(const std::string& path) {
  if (path.empty())
    return;
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file_ < 0)
    throw std::runtime_error{"cannot open the history " + path + ": " +
                             std::strerror(errno)};
}

history::~history() {
  if (file_ >= 0)
    ::close(file_);
}

void history::call(std::string_view kind,
                   const call_facts& facts,
                   std::initializer_list<history_detail> details) {
  if (file_ < 0)
    return;
  json_writer out;
  open_line(out, kind, facts.provider);
  out.field("call_id", facts.call_id)
      .field("attempt", facts.attempt)
      .field("to", facts.to)
      .field("from", facts.from);
  if (!facts.tenant.empty())
    out.field("tenant", facts.tenant);
  for (const auto& detail : details) {
    out.key(detail.key);
    std::visit([&](const auto& value) { out.value(value); }, detail.value);
  }
  out.end_object();
  append(std::move(out).str());
}

void history::request(std::string_view provider,
                      std::string_view method,
                      std::string_view path,
                      int status) {
  if (file_ < 0)
    return;
  json_writer out;
  open_line(out, "request", provider);
  out.field("method", method).field("path", path).field("status", status).end_object();
  append(std::move(out).str());
}

void history::append(std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const auto written = ::write(file_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written < 0) {
      // A ground truth with holes would be worse than none.
      spdlog::critical("history: cannot write: {}", std::strerror(errno));
      std::_Exit(3);
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

} // namespace caly::sim
