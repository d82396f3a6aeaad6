#include "net/media/socket_watch.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace caly::test {

namespace {

/// A watched end of a pair, and what it was told.
struct end_point {
  explicit end_point(boost::asio::io_context& io) {
    std::array<int, 2> pair{};
    BOOST_REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
    far = pair[1];
    near.emplace(
        io,
        pair[0],
        [this](socket_watch::readiness ready) {
          told.push_back(ready);
          if (on_told)
            on_told();
        },
        failure);
  }

  ~end_point() {
    if (far >= 0)
      ::close(far);
  }

  void write(const std::string& text) {
    BOOST_REQUIRE(::send(far, text.data(), text.size(), MSG_NOSIGNAL) ==
                  static_cast<ssize_t>(text.size()));
  }

  void leave() { ::close(std::exchange(far, -1)); }

  std::string read() {
    std::array<char, 64> bytes{};
    failure = {};
    return {bytes.data(), near->read(bytes.data(), bytes.size(), failure)};
  }

  bool told_to_read() const {
    return std::any_of(
        told.begin(), told.end(), [](const auto& each) { return each.to_read; });
  }

  int far = -1;
  boost::system::error_code failure;
  std::vector<socket_watch::readiness> told;
  std::function<void()> on_told;
  std::optional<watched_socket> near;
};

struct fixture {
  boost::asio::io_context io{1};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(socket_watch_tests, fixture)

BOOST_AUTO_TEST_CASE(what_arrives_is_told_once_and_read) {
  end_point at{io};
  at.write("before anybody looked");
  io.poll();
  BOOST_TEST(at.told_to_read());
  BOOST_TEST(at.read() == "before anybody looked");
  BOOST_TEST(at.read() == "");
  BOOST_CHECK(at.failure == boost::asio::error::would_block);
  at.told.clear();
  io.poll();
  BOOST_TEST(at.told.empty());
  at.write("more");
  io.poll();
  BOOST_TEST(at.told.size() == 1u);
  BOOST_TEST(at.read() == "more");
}

BOOST_AUTO_TEST_CASE(the_end_of_the_other_side_is_told) {
  end_point at{io};
  io.poll();
  at.told.clear();
  at.leave();
  io.poll();
  BOOST_TEST(at.told_to_read());
  at.read();
  BOOST_CHECK(at.failure == boost::asio::error::eof);
}

BOOST_AUTO_TEST_CASE(a_socket_that_took_nothing_more_tells_when_it_does) {
  end_point at{io};
  const std::string much(4 << 20, 'x');
  const auto taken = at.near->write(much, at.failure);
  BOOST_TEST(taken < much.size());
  BOOST_TEST(at.near->write(much, at.failure) == 0u);
  BOOST_CHECK(at.failure == boost::asio::error::would_block);
  io.poll();
  at.told.clear();
  std::vector<char> sink(much.size());
  for (std::size_t got = 0; got < taken;)
    got += static_cast<std::size_t>(::recv(at.far, sink.data(), sink.size(), 0));
  io.poll();
  BOOST_REQUIRE(!at.told.empty());
  BOOST_TEST(at.told.back().to_write);
}

BOOST_AUTO_TEST_CASE(who_is_gone_within_a_look_is_told_nothing) {
  end_point one{io};
  end_point other{io};
  io.poll();
  one.told.clear();
  other.told.clear();
  one.on_told = [&] { other.near.reset(); };
  other.on_told = [&] { one.near.reset(); };
  one.write("x");
  other.write("x");
  io.poll();
  BOOST_TEST(one.told.size() + other.told.size() == 1u);
}

BOOST_AUTO_TEST_CASE(who_is_told_may_go_at_once) {
  end_point at{io};
  at.on_told = [&] { at.near.reset(); };
  at.write("x");
  io.poll();
  BOOST_TEST(at.told.size() == 1u);
}

BOOST_AUTO_TEST_CASE(without_sockets_the_context_has_nothing_to_wait_for) {
  std::optional<end_point> at{io};
  at->on_told = [&] { at->near.reset(); };
  at->write("x");
  io.run(); // returns
  io.restart();
  end_point next{io};
  next.write("y");
  next.on_told = [&] { next.near.reset(); };
  io.run();
  BOOST_TEST(next.told.size() == 1u);
}

BOOST_AUTO_TEST_CASE(many_sockets_are_all_told) {
  std::vector<std::unique_ptr<end_point>> all;
  for (int i = 0; i < 400; ++i)
    all.push_back(std::make_unique<end_point>(io));
  io.poll();
  for (auto& each : all)
    each->told.clear();
  for (auto& each : all)
    each->write("x");
  io.poll();
  for (const auto& each : all)
    BOOST_REQUIRE(each->told_to_read());
}

BOOST_AUTO_TEST_CASE(what_is_no_socket_cannot_be_watched) {
  boost::system::error_code ec;
  const int none = ::open("/dev/null", O_RDONLY | O_CLOEXEC); // epoll refuses files
  const watched_socket refused{io, none, [](socket_watch::readiness) {}, ec};
  BOOST_TEST(ec.failed());
  BOOST_TEST(io.poll() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caly::test
