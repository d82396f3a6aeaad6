#include "net/http/upload.hpp"

#include "runtime/base/error.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/text.hpp"
#include "runtime/base/uuid.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

namespace caly {

namespace {

/// The last part of what the client calls its file, as valid text without control
/// characters. It is shown to people and never opened.
std::string shown_name(std::string_view raw) {
  const auto slash = raw.find_last_of("/\\");
  if (slash != std::string_view::npos)
    raw.remove_prefix(slash + 1);
  std::string name;
  for (const auto c : raw.substr(0, 200))
    if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
      name += c;
  // The writer replaces broken UTF-8.
  std::string quoted;
  append_json_string(quoted, name);
  const auto valid = json::parse(quoted);
  return valid && !name.empty() ? std::string{valid->text_or("")} : "upload.csv";
}

} // namespace

struct upload_sink::digest {
  digest() : context{EVP_MD_CTX_new()} {
    EVP_DigestInit_ex(context, EVP_sha256(), nullptr);
  }

  digest(const digest&) = delete;
  digest& operator=(const digest&) = delete;

  ~digest() { EVP_MD_CTX_free(context); }

  void add(std::string_view bytes) {
    EVP_DigestUpdate(context, bytes.data(), bytes.size());
  }

  std::string hex() {
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    EVP_DigestFinal_ex(context, out, &size);
    return to_hex({reinterpret_cast<const char*>(out), size});
  }

  EVP_MD_CTX* context;
};

upload_sink::upload_sink(upload_limits limits, std::string_view boundary)
    : limits_{std::move(limits)}, reader_{boundary, *this} {}

upload_sink::~upload_sink() {
  if (file_ >= 0)
    ::close(file_);
}

std::optional<body_refusal> upload_sink::write(std::string_view bytes) {
  if (const auto failure = reader_.feed(bytes))
    return explain(failure);
  return std::nullopt;
}

std::optional<body_refusal> upload_sink::finish() {
  if (const auto failure = reader_.finish())
    return explain(failure);
  return std::nullopt;
}

body_refusal upload_sink::explain(const caf::error& failure) const {
  std::string text;
  if (!failure.context().empty())
    text = failure.context().get_as<std::string>(0);
  if (disk_full_)
    return {507, "disk_full", "There is no room for the file right now."};
  if (failure == errc::too_large)
    return {413, "too_large", std::move(text)};
  if (failure == errc::unavailable)
    return {503, "unavailable", "The file cannot be stored right now."};
  return {400, "invalid", std::move(text)};
}

caf::error upload_sink::on_part(const std::string& name,
                                const std::optional<std::string>& file_name) {
  in_file_ = name == "file";
  if (!in_file_) {
    if (name.size() > 64)
      return caf::make_error(errc::invalid, "the name of a field is too long");
    form_->fields.emplace_back(name, std::string{});
    return caf::none;
  }
  if (!form_->file_path.empty())
    return caf::make_error(errc::invalid, "more than one file");
  form_->file_name = shown_name(file_name.value_or(""));
  return open_file();
}

caf::error upload_sink::open_file() {
  auto path = limits_.spool_dir + "/" + to_hex(make_uuid()) + ".upload";
  file_ = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
  if (file_ < 0) {
    disk_full_ = errno == ENOSPC || errno == EDQUOT;
    spdlog::error("http: cannot create spool file dir={} error={}",
                  limits_.spool_dir,
                  std::strerror(errno));
    return caf::make_error(errc::unavailable);
  }
  form_->file_path = std::move(path);
  digest_ = std::make_unique<digest>();
  return caf::none;
}

caf::error upload_sink::on_data(std::string_view bytes) {
  if (in_file_)
    return write_file(bytes);
  auto& value = form_->fields.back().second;
  if (value.size() + bytes.size() > limits_.field_bytes_max)
    return caf::make_error(errc::too_large, "A form field is too large.");
  value += bytes;
  return caf::none;
}

// The page cache takes a piece of at most 64 KiB in microseconds; a thread of its own
// would cost more than it saves.
caf::error upload_sink::write_file(std::string_view bytes) {
  form_->file_bytes += bytes.size();
  if (form_->file_bytes > limits_.file_bytes_max)
    return caf::make_error(errc::too_large,
                           "The file is larger than " +
                               std::to_string(limits_.file_bytes_max >> 20) + " MiB.");
  digest_->add(bytes);
  if (form_->head.size() < upload_form::head_bytes_max)
    form_->head += bytes.substr(0, upload_form::head_bytes_max - form_->head.size());
  while (!bytes.empty()) {
    const auto written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0) {
      disk_full_ = written == 0 || errno == ENOSPC || errno == EDQUOT;
      spdlog::error("http: cannot write spool file error={}", std::strerror(errno));
      return caf::make_error(errc::unavailable);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return caf::none;
}

caf::error upload_sink::on_part_end() {
  if (!in_file_)
    return caf::none;
  in_file_ = false;
  form_->sha256 = digest_->hex();
  const auto closed = ::close(std::exchange(file_, -1));
  if (closed != 0) {
    disk_full_ = errno == ENOSPC || errno == EDQUOT;
    return caf::make_error(errc::unavailable);
  }
  return caf::none;
}

} // namespace caly
