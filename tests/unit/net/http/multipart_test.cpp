#include "net/http/multipart.hpp"
#include "net/http/upload.hpp"
#include "runtime/base/error.hpp"
#include "tests/unit/net/http/loopback.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <sstream>

namespace caly::test {

namespace {

/// Writes down what it hears: `name[file]=content;`.
struct notes : part_listener {
  caf::error on_part(const std::string& name,
                     const std::optional<std::string>& file_name) override {
    text += name + (file_name ? "[" + *file_name + "]" : "") + "=";
    return caf::none;
  }

  caf::error on_data(std::string_view bytes) override {
    text += bytes;
    return caf::none;
  }

  caf::error on_part_end() override {
    text += ";";
    return caf::none;
  }

  std::string text;
};

const std::string two_parts =
    "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--X two\r\n"
    "--XX\r\nContent-Type: text/csv\r\ncontent-disposition: form-data; "
    "name=\"file\"; filename=\"le\\\"ads;.csv\"\r\n\r\nx,y\r\n\r\n--XX--\r\n";
const std::string two_parts_read = "a=one\r\n--X two;file[le\"ads;.csv]=x,y\r\n;";

struct reading {
  std::string text;
  caf::error failure;
};

reading read_in_pieces(const std::string& body, std::size_t piece) {
  notes out;
  multipart_reader reader{"XX", out};
  for (std::size_t at = 0; at < body.size(); at += piece)
    if (auto failure = reader.feed(std::string_view{body}.substr(at, piece)))
      return {out.text, failure};
  return {out.text, reader.finish()};
}

std::string file_part(const std::string& name, const std::string& content) {
  return "--XX\r\nContent-Disposition: form-data; name=\"" + name +
         "\"; filename=\"../../etc/leads.csv\"\r\n\r\n" + content + "\r\n";
}

struct upload_fixture {
  upload_fixture() { limits.spool_dir = folder.path.string(); }

  std::optional<body_refusal> take(const std::string& body) {
    sink.emplace(limits, "XX");
    for (std::size_t at = 0; at < body.size(); at += 7)
      if (auto refusal = sink->write(std::string_view{body}.substr(at, 7)))
        return refusal;
    return sink->finish();
  }

  std::size_t files() const { return folder.files_below(""); }

  scratch_folder folder;
  upload_limits limits;
  std::optional<upload_sink> sink;
};

} // namespace

BOOST_AUTO_TEST_SUITE(multipart)

BOOST_AUTO_TEST_CASE(reads_the_same_parts_wherever_the_body_is_cut) {
  for (std::size_t piece = 1; piece <= two_parts.size(); ++piece) {
    const auto [text, failure] = read_in_pieces(two_parts, piece);
    BOOST_REQUIRE(!failure);
    BOOST_REQUIRE(text == two_parts_read);
  }
}

BOOST_AUTO_TEST_CASE(reads_empty_parts_and_ignores_what_follows_the_end) {
  const auto [text, failure] = read_in_pieces(
      "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--XX--trailing", 5);
  BOOST_TEST(!failure);
  BOOST_TEST(text == "a=;");
}

BOOST_AUTO_TEST_CASE(refuses_bodies_that_are_cut_off_or_no_multipart) {
  for (const std::string& body :
       {std::string{""},
        std::string{"hello"},
        std::string{"--XX\r\n"},
        two_parts.substr(0, two_parts.size() - 6),
        std::string{"--XX\r\nContent-Type: text/csv\r\n\r\nx\r\n--XX--"},
        std::string{"--XX\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XX--"},
        std::string{"--XX\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--XX--"},
        std::string{"--XXboundary"},
        std::string{"--XX\r\nno colon\r\n\r\n"}})
    BOOST_TEST((read_in_pieces(body, 3).failure == errc::invalid), body);
}

BOOST_AUTO_TEST_CASE(bounds_headers_and_the_number_of_parts) {
  BOOST_TEST((read_in_pieces("--XX\r\nX: " + std::string(10'000, 'a'), 512).failure ==
              errc::invalid));
  std::string many;
  for (int i = 0; i < 33; ++i)
    many += "--XX\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n";
  BOOST_TEST((read_in_pieces(many + "--XX--", 512).failure == errc::invalid));
  BOOST_TEST((read_in_pieces(std::string(5000, 'x'), 512).failure == errc::invalid));
}

BOOST_AUTO_TEST_CASE(takes_only_usable_boundaries) {
  BOOST_TEST(multipart_reader::boundary_of("multipart/form-data; boundary=XX") == "XX");
  BOOST_TEST(multipart_reader::boundary_of("Multipart/Form-Data; boundary=\"a b\"") ==
             "a b");
  BOOST_TEST(multipart_reader::boundary_of("multipart/form-data") == "");
  BOOST_TEST(multipart_reader::boundary_of("multipart/mixed; boundary=XX") == "");
  BOOST_TEST(multipart_reader::boundary_of("multipart/form-data; boundary=\"a\r\nb\"") ==
             "");
  BOOST_TEST(multipart_reader::boundary_of("multipart/form-data; boundary=" +
                                           std::string(71, 'a')) == "");
}

BOOST_FIXTURE_TEST_CASE(keeps_the_file_on_disk_under_a_name_of_its_own, upload_fixture) {
  BOOST_REQUIRE(!take(file_part("file", "phone\r\n+919876543210") +
                      "--XX\r\nContent-Disposition: form-data; "
                      "name=\"default_country\"\r\n\r\nIN\r\n--XX--"));
  const auto form = sink->take();
  BOOST_TEST(form->file_name == "leads.csv");
  BOOST_TEST(form->field("default_country") == "IN");
  BOOST_TEST(form->file_bytes == 20u);
  BOOST_TEST(form->file_path.starts_with(limits.spool_dir + "/"));
  std::stringstream content;
  content << std::ifstream{form->file_path}.rdbuf();
  BOOST_TEST(content.str() == "phone\r\n+919876543210");
  // sha256sum of the same bytes.
  BOOST_TEST(form->sha256 ==
             "a600f2573cfa3b06c320b97ade65786abe6f47bc11ba98b593da38fa4a8da049");
}

BOOST_FIXTURE_TEST_CASE(leaves_no_file_behind_when_it_refuses, upload_fixture) {
  limits.file_bytes_max = 10;
  const auto refusal = take(file_part("file", "longer than ten") + "--XX--");
  BOOST_REQUIRE(refusal);
  BOOST_TEST(refusal->status == 413u);
  sink.reset();
  BOOST_TEST(files() == 0u);
  limits.file_bytes_max = 1000;
  BOOST_TEST(take(file_part("file", "a") + file_part("file", "b") + "--XX--")->status ==
             400u);
  sink.reset();
  BOOST_TEST(files() == 0u);
}

BOOST_FIXTURE_TEST_CASE(says_so_when_the_folder_cannot_be_written, upload_fixture) {
  limits.spool_dir += "/missing";
  const auto refusal = take(file_part("file", "a") + "--XX--");
  BOOST_REQUIRE(refusal);
  BOOST_TEST(refusal->status == 503u);
}

BOOST_FIXTURE_TEST_CASE(bounds_fields_in_memory, upload_fixture) {
  limits.field_bytes_max = 8;
  BOOST_TEST(
      take("--XX\r\nContent-Disposition: form-data; name=a\r\n\r\n123456789\r\n--XX--")
          ->status == 413u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
