#include <boost/test/unit_test.hpp>

#include "compiler/analyze/personal_columns.h"

BOOST_AUTO_TEST_SUITE(analyze_personal_columns)

/// SY6004: which names of columns look personal.
namespace {

using syncline::analyze::personal_content;

BOOST_AUTO_TEST_CASE(names_are_read_however_they_are_written) {
  for (const char* name : {"email", "EMAIL", "customer_email", "customerEmail", "Customer-Email", "e_mail", "work.email"})
    BOOST_TEST(personal_content(name) == "a mail address", name);
  BOOST_TEST(personal_content("id_card_no") == "the number of an identity card");
  BOOST_TEST(personal_content("CustomerIBAN") == "a bank account");
}

BOOST_AUTO_TEST_CASE(names_that_only_sound_like_it_are_left_alone) {
  for (const char* name :
       {"", "_", "email_verified", "telephones", "automobile", "phonebook_id", "resume", "salary_grade", "mailing"})
    BOOST_TEST(personal_content(name).empty(), name);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
