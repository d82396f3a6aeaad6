#pragma once

#include "net/http/body_sink.hpp"
#include "net/http/multipart.hpp"
#include "net/http/request.hpp"

#include <memory>
#include <string>

namespace caly {

struct upload_limits {
  std::string spool_dir;
  std::uint64_t file_bytes_max = 20 << 20;
  std::size_t field_bytes_max = 64 << 10;
};

/// Writes the part `file` of a multipart body to a file of its own under `spool_dir` and
/// keeps the other parts in memory. Whatever fails leaves no file behind.
class upload_sink : public body_sink, private part_listener {
public:
  upload_sink(upload_limits limits, std::string_view boundary);
  ~upload_sink() override;

  std::optional<body_refusal> write(std::string_view bytes) override;
  std::optional<body_refusal> finish() override;

  /// The form; after `finish` without a refusal.
  std::unique_ptr<upload_form> take() { return std::move(form_); }

private:
  struct digest;

  caf::error on_part(const std::string& name,
                     const std::optional<std::string>& file_name) override;
  caf::error on_data(std::string_view bytes) override;
  caf::error on_part_end() override;
  caf::error open_file();
  caf::error write_file(std::string_view bytes);
  body_refusal explain(const caf::error& failure) const;

  upload_limits limits_;
  multipart_reader reader_;
  std::unique_ptr<upload_form> form_ = std::make_unique<upload_form>();
  std::unique_ptr<digest> digest_;
  int file_ = -1;
  bool in_file_ = false;
  bool disk_full_ = false;
};

} // namespace caly
