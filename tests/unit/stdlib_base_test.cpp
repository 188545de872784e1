#include <sys/wait.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <type_traits>

#include "stdlib/base/failpoint.h"
#include "stdlib/base/hash.h"
#include "stdlib/base/secret.h"
#include "stdlib/base/text.h"

BOOST_AUTO_TEST_SUITE(stdlib_base)

using namespace syncline;

template <typename T, typename = void>
struct Printable : std::false_type {};
template <typename T>
struct Printable<T, std::void_t<decltype(std::declval<std::ostream&>() << std::declval<const T&>())>> : std::true_type {};

BOOST_AUTO_TEST_CASE(a_secret_has_no_way_to_text) {
  static_assert(Printable<std::string>::value);
  static_assert(!Printable<Secret>::value);
  static_assert(!std::is_convertible_v<Secret, std::string>);
  static_assert(!std::is_convertible_v<Secret, std::string_view>);
  BOOST_TEST(Secret("s3cret").reveal() == "s3cret");
  BOOST_TEST(Secret().empty());
}

BOOST_AUTO_TEST_CASE(a_secret_is_wiped) {
  alignas(Secret) unsigned char place[sizeof(Secret)];
  auto* secret = new (place) Secret("short-one");
  secret->~Secret();
  const std::string left(reinterpret_cast<const char*>(place), sizeof place);
  BOOST_TEST(left.find("short-one") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(failpoints_cost_nothing_unarmed) {
  BOOST_CHECK_NO_THROW(failpoint("swap.before"));
}

/// Failpoints are read once, when the process starts: each case runs this executable again.
int status_of_child(const std::string& failpoints, const std::string& test_case) {
  const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command =
      "SYNCLINE_FAILPOINTS='" + failpoints + "' exec '" + self + "' --run_test=stdlib_base/" + test_case + " >/dev/null 2>&1";
  return std::system(command.c_str());
}

BOOST_AUTO_TEST_CASE(child_meets_an_error_at_the_second_hit) {
  if (std::getenv("SYNCLINE_FAILPOINTS") == nullptr) return;
  BOOST_CHECK_NO_THROW(failpoint("load.chunk"));
  BOOST_CHECK_NO_THROW(failpoint("other"));
  BOOST_CHECK_THROW(failpoint("load.chunk"), FailpointError);
  BOOST_CHECK_NO_THROW(failpoint("load.chunk"));
}

BOOST_AUTO_TEST_CASE(armed_failpoints_act) {
  if (std::getenv("SYNCLINE_FAILPOINTS") != nullptr) return;
  const std::string child = "child_meets_an_error_at_the_second_hit";
  BOOST_TEST(status_of_child("index.before=stall(0);load.chunk=error@2", child) == 0);
  BOOST_TEST(status_of_child("load.chunk=error", child) != 0);
  const int killed = status_of_child("load.chunk=kill", child);
  BOOST_TEST(WIFSIGNALED(killed));
  BOOST_TEST(WTERMSIG(killed) == SIGKILL);
}

BOOST_AUTO_TEST_CASE(printable_escapes_what_a_terminal_would_obey) {
  BOOST_TEST(text::printable("a\x1b[31mb") == "a\\u{1b}[31mb");
  BOOST_TEST(text::printable("line\nbreak\ttab\r") == "line\\u{a}break\\u{9}tab\\u{d}");
  BOOST_TEST(text::printable("x\u202Ey\u2066z") == "x\\u{202e}y\\u{2066}z");
  BOOST_TEST(text::printable("\u0085\x7f") == "\\u{85}\\u{7f}");
  BOOST_TEST(text::printable("\xff\xc3") == "\\xff\\xc3");
  BOOST_TEST(text::printable("Zoë 中文 😀 %s%n") == "Zoë 中文 😀 %s%n");
}

BOOST_AUTO_TEST_CASE(widths) {
  BOOST_TEST(text::display_width("abc") == 3U);
  BOOST_TEST(text::display_width("中文") == 4U);
  BOOST_TEST(text::display_width("e\u0301") == 1U);
}

BOOST_AUTO_TEST_CASE(letter_case) {
  BOOST_TEST(text::lower("ÀÉÎ Straße ΑΒΓ") == "àéî straße αβγ");
  BOOST_TEST(text::upper("àéî αβγ") == "ÀÉÎ ΑΒΓ");
  BOOST_TEST(text::lower("A\xffZ") == "a\xffz");
  BOOST_TEST(text::ascii_lower("AÉ") == "aÉ");
  BOOST_TEST(text::ascii_iequals("Orders", "oRDERS"));
  BOOST_TEST(!text::ascii_iequals("é", "É"));
}

BOOST_AUTO_TEST_CASE(utf8) {
  BOOST_TEST(text::valid_utf8("é😀"));
  BOOST_TEST(!text::valid_utf8("\xed\xa0\x80"));
  BOOST_TEST(!text::valid_utf8("\xc0\x80"));
  BOOST_TEST(!text::valid_utf8("abc\xc3"));
  BOOST_TEST(text::truncate_utf8("aé😀", 2) == "a");
  BOOST_TEST(text::truncate_utf8("aé😀", 3) == "aé");
  BOOST_TEST(text::truncate_utf8("aé😀", 6) == "aé");
  BOOST_TEST(text::truncate_utf8("aé😀", 7) == "aé😀");
}

BOOST_AUTO_TEST_CASE(suggestions) {
  const std::vector<std::string> names{"orders", "customers", "order_items"};
  BOOST_TEST(text::did_you_mean("ordes", names).value() == "orders");
  BOOST_TEST(text::did_you_mean("CUSTOMER", names).value() == "customers");
  BOOST_TEST(!text::did_you_mean("invoices", names).has_value());
  BOOST_TEST(!text::did_you_mean("b", {"a"}).has_value());
  BOOST_TEST(text::did_you_mean("ab", {"ac"}).has_value());
}

BOOST_AUTO_TEST_CASE(figures_for_people) {
  BOOST_TEST(text::grouped(0) == "0");
  BOOST_TEST(text::grouped(999) == "999");
  BOOST_TEST(text::grouped(123456) == "123,456");
  BOOST_TEST(text::grouped(1000000) == "1,000,000");
  BOOST_TEST(text::human_bytes(512) == "512 B");
  BOOST_TEST(text::human_bytes(9'100'000) == "9.1 MB");
  BOOST_TEST(text::human_bytes(999'999) == "1.0 MB");
  BOOST_TEST(text::human_duration(3.44) == "3.4 s");
  BOOST_TEST(text::human_duration(125) == "2 min 05 s");
  BOOST_TEST(text::human_duration(4320) == "1 h 12 min");
  BOOST_TEST(text::sample_list({"a"}) == "`a`");
  BOOST_TEST(text::sample_list({"a", "b"}) == "`a` and `b`");
  BOOST_TEST(text::sample_list({"a", "b", "c", "d", "e"}, 2) == "`a`, `b` and 3 more");
}

BOOST_AUTO_TEST_CASE(digests) {
  BOOST_TEST(hash::sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  BOOST_TEST(hash::md5_hex("") == "d41d8cd98f00b204e9800998ecf8427e");
  BOOST_TEST(hash::crc32("123456789") == 0xCBF43926U);
  BOOST_TEST(hash::fast_hex("").size() == 16U);
  BOOST_TEST(hash::fast("a") != hash::fast("b"));
  BOOST_TEST(hash::fast_hex("") == "2d06800538d394c2");
}

BOOST_AUTO_TEST_SUITE_END()
