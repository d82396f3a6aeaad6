#include "runtime/base/error.hpp"
#include "runtime/base/uuid.hpp"
#include "storage/blobs/folder_blobs.hpp"
#include "tests/support/actor_fixture.hpp"

#include <fstream>

namespace caly::test {

namespace {

struct fixture : actor_fixture {
  fixture() {
    std::filesystem::create_directories(folder);
    std::ofstream{file, std::ios::binary} << "0123456789";
  }

  ~fixture() {
    stop(store);
    std::filesystem::remove_all(folder);
  }

  caf::expected<bool> put(const std::string& key) {
    return ask<bool>(store, put_blob{key, file.string(), "audio/wav"});
  }

  std::string read(std::uint64_t offset, std::uint32_t bytes) {
    const auto piece = ask<blob_piece>(store, read_blob{"t/c.wav", offset, bytes});
    return piece ? piece->bytes : to_string(piece.error());
  }

  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("caly-blobs-" + to_string(make_uuid()));
  std::filesystem::path file = folder / "from";
  blob_store_actor store = spawn<blob_store_actor, folder_blobs_state>(
      sys, {"blobs", "", ""}, folder_blobs, folder / "kept");
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(folder_blobs_suite, fixture)

BOOST_AUTO_TEST_CASE(what_was_put_is_read_in_pieces) {
  BOOST_TEST(*put("t/c.wav"));
  BOOST_TEST(*put("t/c.wav"));
  BOOST_TEST(read(0, 4) == "0123");
  BOOST_TEST(read(8, 100) == "89");
  const auto beyond = ask<blob_piece>(store, read_blob{"t/c.wav", 10, 1});
  BOOST_TEST((!beyond && beyond.error() == errc::invalid));
  const auto none = ask<blob_piece>(store, read_blob{"t/d.wav", 0, 1});
  BOOST_TEST((!none && none.error() == errc::not_found));
}

BOOST_AUTO_TEST_CASE(what_was_removed_is_gone) {
  put("t/c.wav");
  BOOST_TEST(*ask<bool>(store, remove_blob{"t/c.wav"}));
  BOOST_TEST(!*ask<bool>(store, remove_blob{"t/c.wav"}));
  BOOST_TEST(!std::filesystem::exists(folder / "kept/t/c.wav"));
}

BOOST_AUTO_TEST_CASE(no_key_leads_out_of_the_folder) {
  for (const auto* key :
       {"../from", "t/../../from", "/etc/passwd", "t//c", "", "t/.c", "a b"}) {
    const auto answer = put(key);
    BOOST_TEST((!answer && answer.error() == errc::invalid), key);
  }
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_written_is_unavailable) {
  std::ofstream{folder / "kept"} << "a file stands in the way";
  const auto answer = put("t/c.wav");
  BOOST_TEST((!answer && answer.error() == errc::unavailable));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
