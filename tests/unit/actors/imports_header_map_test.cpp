#include "actors/imports/header_map.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace caly::test {
namespace {

struct mapped {
  header_map header;
  std::optional<import_failure> failure;

  std::string names() const {
    std::string out;
    for (const auto& x : header.variables)
      out += (out.empty() ? "" : " ") + x.name;
    return out;
  }
};

mapped read(std::vector<std::string_view> titles, import_options options = {}) {
  mapped result;
  result.failure = read_header(titles, options, result.header);
  return result;
}

BOOST_AUTO_TEST_SUITE(imports_header_map_suite)

BOOST_AUTO_TEST_CASE(finds_the_phone_under_its_many_names) {
  for (const auto* title : {"phone",
                            "Phone",
                            " PHONE ",
                            "Phone Number",
                            "phone_no.",
                            "Mobile",
                            "Mobile No.",
                            "mobile-number",
                            "contact_number",
                            "Contact No",
                            "Cell",
                            "Telephone",
                            "मोबाइल",
                            "मोबाइल नंबर",
                            "नंबर",
                            "फ़ोन",
                            "फ\u093cोन",
                            "फोन नंबर",
                            "WhatsApp",
                            "WhatsApp Number",
                            "Customer Mobile No 1",
                            "Phone (with code)",
                            "msisdn",
                            "Ph. No."}) {
    const auto got = read({"City", title, "Name"});
    BOOST_CHECK_MESSAGE(!got.failure && got.header.phone == 1u, title);
  }
}

BOOST_AUTO_TEST_CASE(prefers_the_better_name_and_keeps_the_other_column) {
  const auto got = read({"WhatsApp", "phone type", "Mobile", "naam", "नाम"});
  BOOST_REQUIRE(!got.failure);
  BOOST_TEST(got.header.phone == 2u);
  BOOST_TEST(*got.header.name == 4u);
  BOOST_TEST(got.names() == "whats_app phone_type naam");
}

BOOST_AUTO_TEST_CASE(a_file_without_a_phone_column_is_told_what_it_has) {
  const auto got = read({"Name", "City", "phone type"});
  BOOST_REQUIRE(got.failure);
  BOOST_TEST((got.failure->code == import_code::no_phone_column));
  BOOST_TEST(got.failure->message.find("Name, City, phone type") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_first_row_with_a_number_is_no_header) {
  const auto got = read({"Asha", "+919876543210"});
  BOOST_REQUIRE(got.failure);
  BOOST_TEST((got.failure->code == import_code::no_header));
  BOOST_TEST((read({"Asha", "9.19877E+11"}).failure->code == import_code::no_header));
}

BOOST_AUTO_TEST_CASE(other_columns_become_variables_with_names_of_their_own) {
  const auto got = read({"phone",
                         "Order ID",
                         "orderId",
                         "order-id",
                         "E-mail ID",
                         "",
                         "शहर का नाम",
                         "Amount (₹)",
                         "Name",
                         "name 2",
                         "SKU",
                         "timezone",
                         "Tags",
                         "Phone"});
  BOOST_REQUIRE(!got.failure);
  BOOST_TEST(got.names() ==
             "order_id order_id_2 order_id_3 email column_6 शहर_का_नाम amount name_2 sku "
             "phone_2");
  BOOST_TEST(*got.header.time_zone == 11u);
  BOOST_TEST(*got.header.tags == 12u);
}

BOOST_AUTO_TEST_CASE(variable_names_are_short_and_whole) {
  BOOST_TEST(variable_name("  Order  ID# ") == "order_id");
  BOOST_TEST(variable_name("!!!") == "");
  std::string title;
  for (int i = 0; i < 100; ++i)
    title += "आ";
  BOOST_TEST(variable_name(title).size() <= 64u);
  BOOST_TEST(variable_name(title).size() % 3 == 0u);
}

BOOST_AUTO_TEST_CASE(a_mapping_wins_over_titles) {
  import_options options;
  options.mapping = {{"phone", "Alt Number"}, {"name", ""}, {"city", "Ort"}};
  const auto got = read({"phone", "Name", "alt number", "Ort"}, options);
  BOOST_REQUIRE(!got.failure);
  BOOST_TEST(got.header.phone == 2u);
  BOOST_TEST(!got.header.name);
  BOOST_TEST(got.names() == "phone_2 name_2 city");
  BOOST_TEST(got.header.mapping().size() == 1u);
  BOOST_TEST(got.header.mapping()[0].second == "alt number");
}

BOOST_AUTO_TEST_CASE(a_mapping_to_a_missing_column_is_refused_with_the_columns_found) {
  import_options options;
  options.mapping = {{"phone", "Mobile"}};
  const auto got = read({"phone", "Name"}, options);
  BOOST_REQUIRE(got.failure);
  BOOST_TEST((got.failure->code == import_code::mapping));
  BOOST_TEST(got.failure->message.find("Mobile") != std::string::npos);
  BOOST_TEST(got.failure->message.find("phone, Name") != std::string::npos);
  options.mapping = {{"phone", ""}};
  BOOST_TEST((read({"phone"}, options).failure->code == import_code::mapping));
}

BOOST_AUTO_TEST_CASE(a_variable_that_the_agent_needs_must_have_a_column) {
  import_options options;
  options.required_variables = {"order_id"};
  BOOST_TEST(!read({"phone", "Order Id"}, options).failure);
  BOOST_TEST(
      (read({"phone", "city"}, options).failure->code == import_code::variable_missing));
}

BOOST_AUTO_TEST_CASE(the_columns_of_an_error_file_are_left_out) {
  const auto got = read(
      {"phone", "city", "caly_row", "caly_error_code", "caly_error", "caly_suggestion"});
  BOOST_TEST(got.names() == "city");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace caly::test
