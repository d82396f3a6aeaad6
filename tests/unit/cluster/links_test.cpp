#include "actors/api/wire.hpp"
#include "cluster/links/links.hpp"
#include "cluster/links/tcp_connect.hpp"
#include "runtime/base/error.hpp"

#include <boost/test/unit_test.hpp>
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <caf/openssl/manager.hpp>

#include <arpa/inet.h>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace caly::test {
namespace {

using namespace std::chrono_literals;

/// Certificates of a new authority, removed at the end.
struct authority {
  std::string dir = "/tmp/caly-links-XXXXXX";

  authority() {
    BOOST_REQUIRE(mkdtemp(dir.data()) != nullptr);
    const auto command = "cluster/deploy/make_certificates " + dir + " n1 n2";
    BOOST_REQUIRE(std::system(command.c_str()) == 0);
  }

  ~authority() { std::filesystem::remove_all(dir); }
};

struct node_config : caf::actor_system_config {
  node_config(const std::string& name, const authority* tls) {
    load<caf::io::middleman>();
    if (tls != nullptr) {
      openssl_certificate = tls->dir + "/" + name + ".pem";
      openssl_key = tls->dir + "/" + name + ".key";
      openssl_cafile = tls->dir + "/authority.pem";
      load<caf::openssl::manager>();
    }
    register_wire_types(*this);
    set("scheduler.max-threads", std::size_t{2});
    set("middleman.enable-automatic-connections", false);
    set("logger.file-verbosity", caf::atom("quiet"));
  }
};

/// A socket that listens on a free port of the loopback interface.
struct listener {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::uint16_t port = 0;

  explicit listener(int backlog = 8) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    BOOST_REQUIRE(bind(fd, plain, size) == 0);
    BOOST_REQUIRE(getsockname(fd, plain, &size) == 0);
    BOOST_REQUIRE(listen(fd, backlog) == 0);
    port = ntohs(address.sin_port);
  }

  ~listener() { close(fd); }
};

std::uint16_t free_port() {
  return listener{}.port;
}

/// Passes what a region would be told about its peers on to the test.
region_actor::behavior_type told_region(region_actor::pointer, caf::actor test) {
  return {
      [](const own_shards&) {},
      [=](const peer_changed& peer) { caf::anon_send(test, peer); },
      [](const wake_tenant&) {},
      [](const line_demand&) {},
      [](const line_limit&) {},
      [](const get_line_shares&) { return line_share_list{}; },
      [](const place_single_call& ask) { return ask.call; },
      [](const find_call&) -> caf::result<call_actor> {
        return caf::make_error(errc::not_found);
      },
      [](const get_status&) { return status_report{}; },
  };
}

/// One node with nothing but its links.
struct node {
  node_config config;
  caf::actor_system sys{config};
  caf::scoped_actor self{sys};
  node_row row;
  region_actor region;
  links_actor links_of_node;

  node(const std::string& name,
       const std::string& secret,
       const authority* tls = nullptr,
       const link_bounds& bounds = {})
      : config{name, tls} {
    row.id = {name, 1};
    row.basp_host = "127.0.0.1";
    row.basp_port = free_port();
    row.state = "up";
    row.lease_ms = 5000;
    region = sys.spawn(told_region, caf::actor{self});
    links_options options;
    options.basp_port = row.basp_port;
    options.tls = tls != nullptr;
    options.bounds = bounds;
    options.door = {"caly-test", secret, caf::actor_cast<caf::actor>(region), {}};
    links_of_node = spawn<links_actor, links_state, caf::detached>(
        sys, actor_label{"links", name, ""}, links, options, region);
  }

  ~node() {
    caf::anon_send_exit(links_of_node, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(region, caf::exit_reason::user_shutdown);
    self->wait_for(links_of_node, region);
  }

  void see(std::vector<node_row> nodes) {
    cluster_view view;
    view.nodes = std::move(nodes);
    self->send(links_of_node, view_changed{row.id, view});
  }

  /// The next news the region was told; empty when none comes for long.
  std::optional<peer_changed> told() {
    const auto before = last;
    for (int i = 0; i < 40; ++i) {
      last = told_anything();
      if (!last || !before || last->peer != before->peer ||
          last->region != before->region)
        return last;
    }
    return std::nullopt;
  }

  /// The next thing the region was told, news or not.
  std::optional<peer_changed> told_anything() {
    std::optional<peer_changed> out;
    self->receive([&](const peer_changed& peer) { out = peer; },
                  caf::after(20s) >> [] {});
    return out;
  }

  /// Time in which the region may hear the same again.
  void let_pass(std::chrono::milliseconds time) {
    const auto end = std::chrono::steady_clock::now() + time;
    for (auto left = time; left.count() > 0;
         left = std::chrono::duration_cast<std::chrono::milliseconds>(
             end - std::chrono::steady_clock::now()))
      self->receive([](const peer_changed&) {}, caf::after(left) >> [] {});
  }

  std::optional<peer_changed> last;

  std::uint64_t status(const std::string& key) { return status_of(links_of_node, key); }

  std::uint64_t door_status(const std::string& key) {
    for (const auto& each : actor_table::of(sys).all())
      if (each->label.kind == "door")
        return status_of(caf::actor_cast<door_actor>(each->address), key);
    return 0;
  }

  template <class Handle>
  std::uint64_t status_of(const Handle& whom, const std::string& key) {
    std::uint64_t out = 999;
    self->request(whom, 20s, get_status{})
        .receive(
            [&](const status_report& report) { out = caf::get_or(report, key, out); },
            [](const caf::error& err) { BOOST_ERROR(to_string(err)); });
    return out;
  }
};

/// Somebody who is no node, at a node's port.
struct stranger {
  int fd;

  explicit stranger(const node& whom)
      : fd{tcp_connect("127.0.0.1", whom.row.basp_port, 1000ms)} {
    BOOST_REQUIRE(fd >= 0);
  }

  stranger(const stranger&) = delete;

  ~stranger() { close(fd); }

  void say(const std::string& bytes) {
    BOOST_TEST(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
               static_cast<ssize_t>(bytes.size()));
  }

  /// Whether the node hangs up, after whatever it says, within five seconds.
  bool is_thrown_out() {
    for (pollfd waiting{fd, POLLIN, 0}; poll(&waiting, 1, 5000) == 1;) {
      char bytes[4096];
      if (recv(fd, bytes, sizeof(bytes), 0) <= 0)
        return true;
    }
    return false;
  }
};

/// A BASP header: kind, flags, length, and three numbers that do not matter here.
std::string basp_header(char kind, std::uint32_t length) {
  std::string out(32, '\0');
  out[0] = kind;
  const auto wire = htonl(length);
  out.replace(4, 4, reinterpret_cast<const char*>(&wire), 4);
  return out;
}

void link(node& from, node& to) {
  to.see({to.row});
  BOOST_TEST(to.status("links") == 0u); // its door is open now
  from.see({from.row, to.row});
  const auto up = from.told();
  BOOST_REQUIRE(up);
  BOOST_REQUIRE(up->region);
}

BOOST_AUTO_TEST_SUITE(links_suite)

BOOST_AUTO_TEST_CASE(nodes_with_certificates_of_one_authority_are_linked) {
  authority ours;
  node a{"n1", "secret", &ours};
  node b{"n2", "secret", &ours};
  link(a, b);
  BOOST_TEST(a.status("up") == 1u);
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_is_refused) {
  authority ours;
  authority theirs;
  node a{"n1", "secret", &theirs};
  node b{"n2", "secret", &ours};
  b.see({b.row});
  BOOST_TEST(b.status("links") == 0u);
  a.see({a.row, b.row});
  a.let_pass(1s);
  BOOST_TEST(a.status("up") == 0u);
  BOOST_TEST(b.door_status("admitted_total") == 0u);
  BOOST_TEST(b.door_status("refused_total") == 0u); // it did not even come to a hello
}

BOOST_AUTO_TEST_CASE(a_node_in_the_clear_is_no_peer_of_one_with_certificates) {
  authority ours;
  node a{"n1", "secret"};
  node b{"n2", "secret", &ours};
  b.see({b.row});
  BOOST_TEST(b.status("links") == 0u);
  a.see({a.row, b.row});
  a.let_pass(1s);
  BOOST_TEST(a.status("up") == 0u);
  BOOST_TEST(b.door_status("admitted_total") == 0u);
}

/// Broken handshakes leave errors in OpenSSL's queue, which others must not stumble over.
BOOST_AUTO_TEST_CASE(strangers_at_a_port_with_tls_do_not_disturb_a_link) {
  authority ours;
  node a{"n1", "secret", &ours};
  node b{"n2", "secret", &ours};
  link(a, b);
  for (int i = 0; i < 30; ++i) {
    stranger guest{b};
    guest.say(i % 2 ? basp_header(0, 1 << 30) : std::string(300, static_cast<char>(i)));
    if (i % 3 != 0)
      BOOST_TEST(guest.is_thrown_out());
  }
  a.let_pass(1200ms); // two probes and more
  BOOST_TEST(a.status("up") == 1u);
  BOOST_TEST(a.status("lost_total") == 0u);
  BOOST_TEST(a.status("suspects") == 0u);
}

BOOST_AUTO_TEST_CASE(headers_that_would_kill_or_fill_the_node_end_their_connection) {
  node a{"n1", "secret"};
  node b{"n2", "secret"};
  link(a, b);
  const std::string hostile[] = {
      basp_header(0, 0), // handshakes without a body
      basp_header(1, 0),
      basp_header(0, 1 << 30),
      basp_header(2, 0xFFFFFFF0),
      std::string(32, '\xff'),
      std::string(4096, 'x'),
  };
  for (const auto& bytes : hostile) {
    stranger guest{b};
    guest.say(bytes);
    BOOST_TEST(guest.is_thrown_out());
  }
  a.let_pass(1200ms);
  BOOST_TEST(a.status("up") == 1u);
  BOOST_TEST(a.status("lost_total") == 0u);
}

BOOST_AUTO_TEST_CASE(connections_beyond_the_bound_are_refused) {
  link_bounds few;
  few.connections_max = 2;
  node b{"n2", "secret", nullptr, few};
  b.see({b.row});
  BOOST_TEST(b.status("links") == 0u);
  stranger first{b};
  stranger second{b};
  stranger third{b};
  BOOST_TEST(third.is_thrown_out());
}

BOOST_AUTO_TEST_CASE(who_does_not_read_loses_its_connection) {
  link_bounds tight;
  tight.unsent_bytes_max = 8; // less than a handshake
  node b{"n2", "secret", nullptr, tight};
  b.see({b.row});
  BOOST_TEST(b.status("links") == 0u);
  stranger guest{b};
  BOOST_TEST(guest.is_thrown_out());
}

BOOST_AUTO_TEST_CASE(two_nodes_that_see_each_other_are_linked_until_one_leaves_the_view) {
  node a{"n1", "secret"};
  node b{"n2", "secret"};
  b.see({b.row});
  BOOST_TEST(b.status("links") == 0u); // its door is open now
  a.see({a.row, b.row});
  const auto up = a.told();
  BOOST_REQUIRE(up);
  BOOST_CHECK(up->peer == b.row.id);
  BOOST_TEST(static_cast<bool>(up->region));
  BOOST_TEST(a.status("up") == 1u);
  // Messages cross: the peer's region answers.
  bool answered = false;
  place_single_call wish;
  wish.call = call_id::make();
  a.self->request(up->region, 20s, wish)
      .receive([&](const call_id& id) { answered = id == wish.call; },
               [](const caf::error& err) { BOOST_ERROR(to_string(err)); });
  BOOST_TEST(answered);
  a.see({a.row});
  const auto down = a.told();
  BOOST_REQUIRE(down);
  BOOST_TEST(!down->region);
  BOOST_TEST(a.status("up") == 0u);
}

BOOST_AUTO_TEST_CASE(a_region_that_was_started_again_hears_of_the_peers_that_there_are) {
  node a{"n1", "secret"};
  node b{"n2", "secret"};
  link(a, b);
  for (int i = 0; i < 2; ++i) {
    const auto again = a.told_anything();
    BOOST_REQUIRE(again);
    BOOST_CHECK(again->peer == b.row.id);
    BOOST_TEST(static_cast<bool>(again->region));
  }
}

BOOST_AUTO_TEST_CASE(a_peer_that_dies_is_told_to_the_region) {
  node a{"n1", "secret"};
  {
    node b{"n2", "secret"};
    b.see({b.row});
    BOOST_TEST(b.status("links") == 0u);
    a.see({a.row, b.row});
    const auto up = a.told();
    BOOST_REQUIRE(up);
    BOOST_TEST(static_cast<bool>(up->region));
  }
  const auto down = a.told();
  BOOST_REQUIRE(down);
  BOOST_TEST(!down->region);
}

BOOST_AUTO_TEST_CASE(a_node_that_joined_again_is_linked_under_its_new_incarnation) {
  node a{"n1", "secret"};
  node b{"n2", "secret"};
  b.see({b.row});
  BOOST_TEST(b.status("links") == 0u);
  a.see({a.row, b.row});
  BOOST_REQUIRE(a.told());
  b.row.id.incarnation = 2;
  b.see({b.row});
  BOOST_TEST(b.status("links") == 0u);
  std::optional<peer_changed> up;
  // The link to the old one goes down first; a new one may need another look.
  for (int i = 0; i < 20 && !(up && up->region && up->peer.incarnation == 2); ++i) {
    a.see({a.row, b.row});
    a.self->receive([&](const peer_changed& peer) { up = peer; },
                    caf::after(500ms) >> [] {});
  }
  BOOST_REQUIRE(up);
  BOOST_TEST(up->peer.incarnation == 2);
  BOOST_TEST(static_cast<bool>(up->region));
}

BOOST_AUTO_TEST_CASE(a_node_with_another_key_is_never_linked) {
  node a{"n1", "secret"};
  node b{"n2", "another secret"};
  b.see({b.row});
  BOOST_TEST(b.status("links") == 0u);
  a.see({a.row, b.row});
  for (int i = 0; i < 2000 && b.door_status("refused_total") == 0; ++i)
    b.let_pass(10ms);
  BOOST_TEST(b.door_status("refused_total") >= 1u);
  BOOST_TEST(b.door_status("admitted_total") == 0u);
  BOOST_TEST(a.status("up") == 0u);
  BOOST_TEST(a.status("connected_total") == 0u);
}

BOOST_AUTO_TEST_CASE(a_closed_port_is_no_connection) {
  BOOST_TEST(tcp_connect("127.0.0.1", free_port(), 1000ms) == -1);
}

BOOST_AUTO_TEST_CASE(an_open_port_is_one) {
  listener open;
  const int fd = tcp_connect("127.0.0.1", open.port, 1000ms);
  BOOST_TEST(fd >= 0);
  close(fd);
}

BOOST_AUTO_TEST_CASE(a_connection_leaves_from_the_address_it_was_told) {
  listener open;
  const int fd = tcp_connect("127.0.0.1", open.port, 1000ms, "127.0.0.9");
  BOOST_REQUIRE(fd >= 0);
  sockaddr_in here{};
  socklen_t size = sizeof(here);
  getsockname(fd, reinterpret_cast<sockaddr*>(&here), &size);
  BOOST_TEST(ntohl(here.sin_addr.s_addr) == INADDR_LOOPBACK + 8);
  close(fd);
}

BOOST_AUTO_TEST_CASE(a_connection_from_an_address_of_another_machine_is_none) {
  listener open;
  BOOST_TEST(tcp_connect("127.0.0.1", open.port, 1000ms, "192.0.2.1") == -1);
}

BOOST_AUTO_TEST_CASE(a_port_that_swallows_everything_is_given_up_after_the_limit) {
  listener full{0};
  std::vector<int> taken;
  int fd = 0;
  for (int i = 0; i < 8 && fd >= 0; ++i)
    if (fd = tcp_connect("127.0.0.1", full.port, 50ms); fd >= 0)
      taken.push_back(fd);
  BOOST_TEST(fd == -1);
  for (const int each : taken)
    close(each);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
