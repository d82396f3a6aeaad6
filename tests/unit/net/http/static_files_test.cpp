#include "net/http/static_files.hpp"
#include "tests/unit/net/http/loopback.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>

namespace caly::test {

namespace {

struct site : server_fixture {
  site() {
    const auto root = folder.path / "site";
    std::filesystem::create_directories(root / "assets");
    write(folder.path / "secret.txt", "secret");
    write(root / "index.html", "<html>start</html>");
    write(root / "assets/app-BxY12_ab.js", "let a");
    write(root / "assets/app-BxY12_ab.js.br", "brotli");
    write(root / "robots.txt", "none");
    std::filesystem::create_symlink(folder.path / "secret.txt", root / "link.txt");
    files.emplace(root.string());
    options.fallback = [this](const request_ptr& r) { return files->serve(r); };
    start();
  }

  static void write(const std::filesystem::path& path, std::string_view text) {
    std::ofstream{path} << text;
  }

  std::string get(const std::string& path, const char* more = "") {
    return exchange("GET " + path + " HTTP/1.0\r\n" + more + "\r\n");
  }

  std::optional<static_files> files;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(static_serving, site)

BOOST_AUTO_TEST_CASE(serves_files_with_their_types) {
  BOOST_TEST(body_of(get("/")) == "<html>start</html>");
  const auto script = get("/assets/app-BxY12_ab.js");
  BOOST_TEST(body_of(script) == "let a");
  BOOST_TEST(script.find("Content-Type: text/javascript") != std::string::npos);
  BOOST_TEST(script.find("immutable") != std::string::npos);
  BOOST_TEST(get("/robots.txt").find("no-cache") != std::string::npos);
  BOOST_TEST(get("/").find("frame-ancestors 'none'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(sends_compressed_forms_to_those_who_take_them) {
  const auto script = get("/assets/app-BxY12_ab.js", "Accept-Encoding: gzip, br\r\n");
  BOOST_TEST(body_of(script) == "brotli");
  BOOST_TEST(script.find("Content-Encoding: br") != std::string::npos);
  BOOST_TEST(body_of(get("/assets/app-BxY12_ab.js", "Accept-Encoding: br;q=0\r\n")) ==
             "let a");
}

BOOST_AUTO_TEST_CASE(gives_pages_the_start_page_and_scripts_a_404) {
  BOOST_TEST(body_of(get("/campaigns/cmp_1", "Accept: text/html,*/*\r\n")) ==
             "<html>start</html>");
  BOOST_TEST(status_of(get("/campaigns/cmp_1", "Accept: application/json\r\n")) == 404);
  BOOST_TEST(status_of(get("/api/nothing", "Accept: text/html\r\n")) == 404);
  BOOST_TEST(status_of(get("/assets/old-12345678.js")) == 404);
}

BOOST_AUTO_TEST_CASE(never_leaves_its_folder) {
  for (const auto* path : {"/../secret.txt",
                           "/assets/../../secret.txt",
                           "/%2e%2e/secret.txt",
                           "/..%2fsecret.txt",
                           "/link.txt",
                           "//secret.txt",
                           "/./index.html",
                           "/assets/%00"})
    BOOST_TEST(status_of(get(path)) == 404, path);
}

BOOST_AUTO_TEST_CASE(answers_not_modified_for_the_same_etag) {
  const auto first = get("/robots.txt");
  const auto at = first.find("ETag: ") + 6;
  const auto etag = first.substr(at, first.find("\r\n", at) - at);
  const auto second = get("/robots.txt", ("If-None-Match: " + etag + "\r\n").c_str());
  BOOST_TEST(status_of(second) == 304);
  BOOST_TEST(body_of(second) == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
