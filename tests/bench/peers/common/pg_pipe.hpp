#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <arpa/inet.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <libpq-fe.h>
#include <string>
#include <string_view>

/// libpq with nothing around it: binary arrays as parameters, pipelined statements.
/// The database is BENCH_DATABASE_URL; any failure ends the program.
namespace caly::peers {

[[noreturn]] inline void database_failed(PGconn* at) {
  std::fputs(PQerrorMessage(at), stderr);
  std::_Exit(3);
}

inline void put_uint32(std::string& out, std::uint32_t value) {
  value = htonl(value);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// A one-dimensional array in PostgreSQL's binary form.
class pg_array {
public:
  static constexpr std::uint32_t text = 25;
  static constexpr std::uint32_t int8 = 20;

  explicit pg_array(std::uint32_t type = text) : type_{type} { clear(); }

  void clear() {
    data_.clear();
    count_ = 0;
    for (const std::uint32_t each : {1U, 0U, type_, 0U, 1U})
      put_uint32(data_, each);
  }

  void add(std::string_view value) {
    put_uint32(data_, static_cast<std::uint32_t>(value.size()));
    data_.append(value);
    ++count_;
  }

  void add(std::int64_t value) {
    const auto swapped = __builtin_bswap64(static_cast<std::uint64_t>(value));
    add({reinterpret_cast<const char*>(&swapped), sizeof swapped});
  }

  const std::string& finish() {
    const auto count = htonl(count_);
    std::memcpy(data_.data() + 12, &count, sizeof count);
    return data_;
  }

private:
  std::uint32_t type_;
  std::string data_;
  std::uint32_t count_ = 0;
};

inline PGconn* pg_open() {
  const char* url = std::getenv("BENCH_DATABASE_URL");
  auto* at = PQconnectdb(url == nullptr ? "" : url);
  if (PQstatus(at) != CONNECTION_OK)
    database_failed(at);
  return at;
}

inline void pg_run(PGconn* at, const std::string& sql) {
  auto* result = PQexec(at, sql.c_str());
  const auto status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
    database_failed(at);
  PQclear(result);
}

inline void pg_prepare(PGconn* at, const char* name, const char* sql) {
  auto* result = PQprepare(at, name, sql, 0, nullptr);
  if (PQresultStatus(result) != PGRES_COMMAND_OK)
    database_failed(at);
  PQclear(result);
}

/// One connection in pipeline mode on an io_context; results come back in order.
class pg_pipe {
public:
  using callback = std::function<void(PGresult*)>;

  explicit pg_pipe(boost::asio::io_context& io) : at_{pg_open()}, socket_{io} {}

  PGconn* connection() { return at_; }

  /// After the last `pg_prepare`.
  void start() {
    PQsetnonblocking(at_, 1);
    PQenterPipelineMode(at_);
    socket_.assign(PQsocket(at_));
  }

  /// `binary` tells the form of all parameters; results are text.
  void run(const char* name,
           int count,
           const char* const* values,
           const int* lengths,
           bool binary,
           callback done) {
    const int formats[] = {1, 1, 1, 1, 1, 1, 1, 1};
    if (PQsendQueryPrepared(
            at_, name, count, values, lengths, binary ? formats : nullptr, 0) == 0 ||
        PQpipelineSync(at_) == 0)
      database_failed(at_);
    callbacks_.push_back(std::move(done));
    flush();
    if (!reading_)
      read();
  }

private:
  void flush() {
    if (PQflush(at_) != 1 || writing_)
      return;
    writing_ = true;
    socket_.async_wait(socket_.wait_write, [this](auto ec) {
      writing_ = false;
      if (!ec)
        flush();
    });
  }

  void read() {
    reading_ = true;
    socket_.async_wait(socket_.wait_read, [this](auto ec) {
      reading_ = false;
      if (ec)
        return;
      if (PQconsumeInput(at_) == 0)
        database_failed(at_);
      while (!callbacks_.empty() && PQisBusy(at_) == 0)
        if (auto* result = PQgetResult(at_))
          deliver(result);
      if (!callbacks_.empty())
        read();
    });
  }

  void deliver(PGresult* result) {
    const auto status = PQresultStatus(result);
    if (status == PGRES_FATAL_ERROR)
      std::fputs(PQresultErrorMessage(result), stderr);
    if (status != PGRES_PIPELINE_SYNC) {
      const auto done = std::move(callbacks_.front());
      callbacks_.pop_front();
      done(result);
    }
    PQclear(result);
  }

  PGconn* at_;
  boost::asio::posix::stream_descriptor socket_;
  std::deque<callback> callbacks_;
  bool reading_ = false;
  bool writing_ = false;
};

} // namespace caly::peers
