#include <chrono>
#include <thread>

#include "lab.h"

/// What a source says about its open transactions. Other tests may use the same server: no case expects it to be quiet.
using namespace syncline;
using namespace syncline::conformance;
using connectors::Horizon;
using connectors::OpenWork;

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 30s;

/// Whether it becomes true within a time that no server needs.
bool comes_true(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(50ms);
  }
  return true;
}

/// A session other than the horizon's with a row written and not committed.
class Writing {
 public:
  explicit Writing(Lab& lab, int id) : session_(lab.another_plain()) {
    (*session_)("BEGIN");
    (*session_)("INSERT INTO " + lab.quoted("people") + " (id) VALUES (" + std::to_string(id) + ")");
  }
  void end(const std::string& how) { (*session_)(how); }

 private:
  std::unique_ptr<Plain> session_;
};

OpenWork known(Horizon& horizon) {
  OpenWork work = horizon.look();
  BOOST_REQUIRE_MESSAGE(work.known, work.why);
  BOOST_TEST(work.oldest <= work.now);
  return work;
}

/// `prepare` and `forget` of the engine, with the case's names.
std::string two_phase(const Lab& lab, std::string statement, const std::string& name) {
  for (const auto& [what, with] : {std::pair<std::string, std::string>{"{name}", name}, {"{table}", lab.quoted("people")}}) {
    if (const auto at = statement.find(what); at != std::string::npos) statement.replace(at, what.size(), with);
  }
  return statement;
}

class Prepared {
 public:
  Prepared(Lab& lab, std::string name) : lab_(lab), name_(std::move(name)) {
    const auto session = lab.another_plain();
    for (const auto& statement : lab.data.prepare) (*session)(two_phase(lab, statement, name_));
  }
  ~Prepared() {
    // The server may still be busy with the end of the session that prepared it.
    BOOST_TEST(comes_true([&] {
      try {
        lab_.plain(two_phase(lab_, lab_.data.forget_prepared, name_));
        return true;
      } catch (const std::runtime_error&) {
        return false;
      }
    }));
  }
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;

 private:
  Lab& lab_;
  std::string name_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(horizons)

ENGINE_CASE(an_open_transaction_holds_it_until_it_ends) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 3, "a"));
  for (const auto& mode : lab.data.storage_modes) {
    for (const std::string end : {"COMMIT", "ROLLBACK"}) {
      BOOST_TEST_CONTEXT(mode << " " << end) {
        if (!mode.empty()) lab.plain(mode);
        const auto horizon = lab.connector.open_horizon(lab.source_spec());
        Writing writing(lab, end == "COMMIT" ? 100 : 101);
        const OpenWork then = known(*horizon);
        BOOST_TEST(!then.holder.empty());
        BOOST_TEST(!horizon->ended(then));
        std::this_thread::sleep_for(2500ms);  // more than any margin
        const OpenWork later = known(*horizon);
        BOOST_TEST(later.now > then.now);
        BOOST_TEST(later.oldest < then.now);
        BOOST_TEST(!horizon->ended(then));
        writing.end(end);
        BOOST_TEST(comes_true([&] { return horizon->ended(then); }));
        BOOST_TEST(comes_true([&] { return known(*horizon).oldest > then.now; }));
        lab.plain("DELETE FROM " + lab.quoted("people") + " WHERE id >= 100");
      }
    }
  }
}

ENGINE_CASE(a_look_shows_what_is_open_now) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 3, "a"));
  const auto horizon = lab.connector.open_horizon(lab.source_spec());
  for (int id = 100; id < 105; ++id) {
    known(*horizon);
    Writing writing(lab, id);
    const OpenWork then = known(*horizon);
    BOOST_TEST(!horizon->ended(then));
    writing.end("COMMIT");
    BOOST_TEST(comes_true([&] { return horizon->ended(then); }));
  }
}

ENGINE_CASE(only_what_was_open_then_is_waited_for) {
  Lab lab(engine);
  if (!lab.data.tells_transactions_apart) return;
  load(lab, people(lab), people_rows(1, 3, "a"));
  const auto horizon = lab.connector.open_horizon(lab.source_spec());
  Writing first(lab, 100);
  const OpenWork then = known(*horizon);
  std::this_thread::sleep_for(1100ms);
  Writing second(lab, 101);
  BOOST_TEST(!horizon->ended(then));
  first.end("COMMIT");
  BOOST_TEST(comes_true([&] { return horizon->ended(then); }));
  BOOST_TEST(!horizon->ended(known(*horizon)));
  second.end("COMMIT");
}

ENGINE_CASE(our_own_readers_hold_nothing_up) {
  Lab lab(engine);
  load(lab, people(lab), people_rows(1, 2000, "a"));
  for (const auto& mode : lab.data.storage_modes) {
    BOOST_TEST_CONTEXT(mode) {
      if (!mode.empty()) lab.plain(mode);
      auto wanted = request(people(lab));
      wanted.batch_bytes = 1;
      connectors::SnapshotRequest group;
      group.tables = {wanted.table};
      const auto snapshot = lab.connector.open_snapshot(lab.source_spec(), group);
      const auto reader = snapshot->open_reader(wanted);
      types::Batch batch;
      BOOST_TEST(reader->next(batch));
      const auto horizon = lab.connector.open_horizon(lab.source_spec());
      const auto begun = horizon->look().now;
      BOOST_TEST(comes_true([&] { return known(*horizon).oldest > begun; }));
      while (reader->next(batch)) {
      }
    }
  }
}

ENGINE_CASE(a_user_who_cannot_see_others_knows_nothing_and_is_told_what_to_grant) {
  Lab lab(engine);
  if (lab.data.make_user.empty()) return;
  const std::string user = lab.container + "_user";
  auto spec = lab.source_spec();
  spec.user = user;
  spec.password = Secret("canary-of-user");
  lab.plain(lab.filled(lab.data.make_user));
  const OpenWork blind = lab.connector.open_horizon(spec)->look();
  BOOST_TEST(!blind.known);
  BOOST_TEST(blind.why.find(user) != std::string::npos, blind.why);
  BOOST_TEST(!lab.connector.open_horizon(spec)->ended(blind));
  lab.plain(blind.help);
  known(*lab.connector.open_horizon(spec));
  lab.plain(lab.filled(lab.data.drop_user));
}

ENGINE_CASE(a_prepared_transaction_is_told_by_its_name) {
  Lab lab(engine);
  if (lab.data.prepare.empty()) return;
  load(lab, people(lab), people_rows(1, 3, "a"));
  const auto horizon = lab.connector.open_horizon(lab.source_spec());
  const std::string name = lab.container + "\x1b[31m";
  {
    const Prepared prepared(lab, name);
    const OpenWork work = horizon->look();
    BOOST_TEST(!work.known);
    BOOST_TEST(work.why.find(lab.container) != std::string::npos, work.why);
    BOOST_TEST(work.why.find('\x1b') == std::string::npos);
    BOOST_TEST(!horizon->ended(work));
  }
  BOOST_TEST(comes_true([&] { return horizon->look().known; }));
}

ENGINE_CASE(what_is_prepared_meanwhile_has_not_ended) {
  Lab lab(engine);
  if (lab.data.prepare.empty()) return;
  load(lab, people(lab), people_rows(1, 3, "a"));
  const auto horizon = lab.connector.open_horizon(lab.source_spec());
  OpenWork then;
  const auto session = lab.another_plain();
  const std::string name = lab.container;
  for (std::size_t i = 0; i < lab.data.prepare.size(); ++i) {
    (*session)(two_phase(lab, lab.data.prepare[i], name));
    if (i == 1) then = known(*horizon);
  }
  BOOST_TEST(!horizon->ended(then));
  (*session)(two_phase(lab, lab.data.forget_prepared, name));
  BOOST_TEST(comes_true([&] { return horizon->ended(then); }));
}

BOOST_AUTO_TEST_SUITE_END()
