#define BOOST_TEST_MODULE caly
#include <boost/test/unit_test.hpp>
