#include <boost/test/unit_test.hpp>
#include <random>

#include "compiler/catalog/lock.h"
#include "compiler/catalog/lock_catalog.h"

BOOST_AUTO_TEST_SUITE(compiler_catalog_lock)

/// The catalogue lock: everything that is written is read again, on lines that merge; what cannot be read is refused by place.
namespace {

using namespace syncline;
using catalog::Lock;
using catalog::LockChange;

types::NativeType native(const std::string& text, const std::string& words, const std::vector<std::string>& arguments = {}) {
  return {words, arguments, text};
}

types::Column column(int ordinal, const std::string& name, types::NativeType type) {
  types::Column made;
  made.ordinal = ordinal;
  made.name = name;
  made.native = std::move(type);
  return made;
}

Lock small() {
  Lock lock;
  lock.connection = "shop";
  lock.engine = "mysql";
  lock.timezone = "Asia/Shanghai";
  lock.server.product = "MariaDB";
  lock.server.version = "10.11";
  lock.server.column_case = connectors::NameCase::insensitive;
  lock.server.text_collation = "utf8mb4_nopad_bin";
  using Segment = catalog::LockSegment;
  lock.patterns = {{{Segment::Kind::exact, "sales"}, {Segment::Kind::any, ""}},
                   {{Segment::Kind::exact, "crm"}, {Segment::Kind::regex, "t_.*"}}};
  lock.names = {{{"sales", "orders_bak"}, connectors::ObjectKind::table, true},
                {{"sales", "v"}, connectors::ObjectKind::view, true},
                {{"sales", "secret"}, connectors::ObjectKind::table, false}};
  types::TableSchema orders;
  orders.name = {"sales", "orders"};
  orders.row_estimate = 100000000;
  orders.storage = "InnoDB";
  orders.columns = {column(1, "id", native("bigint(20) unsigned", "bigint unsigned", {"20"})),
                    column(2, "note", native("varchar(80)", "varchar", {"80"}))};
  orders.columns[0].nullable = false;
  orders.columns[0].auto_increment = true;
  orders.columns[1].default_value = {types::ColumnDefault::Kind::literal, "", -1};
  orders.primary_key = {"PRIMARY", {"id"}};
  types::Index index;
  index.name = "by_note";
  index.columns = {{"note", true, 10}, {"id", false, 0}};
  index.method = "btree";
  orders.indexes = {index};
  lock.tables = {orders};
  return lock;
}

Lock read(const std::string& text) {
  Lock lock;
  const auto problem = catalog::read_lock(text, lock);
  const std::string why = problem ? problem->message + " at " + std::to_string(problem->offset) + "\n" + text : "";
  BOOST_REQUIRE_MESSAGE(!problem, why);
  return lock;
}

/// Line, column (bytes) and words of the refusal.
std::string refusal(const std::string& text) {
  Lock lock;
  const auto problem = catalog::read_lock(text, lock);
  if (!problem) return "read";
  std::size_t line = 1, begin = 0;
  for (std::size_t i = 0; i < problem->offset && i < text.size(); ++i) {
    if (text[i] != '\n') continue;
    ++line;
    begin = i + 1;
  }
  return std::to_string(line) + ":" + std::to_string(problem->offset - begin + 1) + " " + problem->message;
}

std::string with_line(const std::string& line) {
  return catalog::to_text(small()) + line + "\n";
}

std::vector<std::string> words(const Lock& before, const Lock& after) {
  std::vector<std::string> all;
  for (const LockChange& change : catalog::differences(before, after)) all.push_back(catalog::to_string(change));
  return all;
}

/// Texts that a name or comment may hold in a database of somebody else.
class Hostile {
 public:
  explicit Hostile(unsigned seed) : random_(seed) {}
  bool coin() { return random_() % 2 == 0; }
  int below(int end) { return static_cast<int>(random_() % static_cast<unsigned>(end)); }
  std::string text() {
    static const std::vector<std::string> kParts = {"a",
                                                    "Z",
                                                    "_",
                                                    "$",
                                                    " ",
                                                    ".",
                                                    "\"",
                                                    "\\",
                                                    "'",
                                                    "(",
                                                    ")",
                                                    ",",
                                                    "\n",
                                                    "\r",
                                                    "\t",
                                                    "#",
                                                    "=",
                                                    "*",
                                                    "~",
                                                    "\x01",
                                                    "\x7f",
                                                    "\xff",
                                                    "\xc3\xa9",
                                                    "ß",
                                                    "表",
                                                    "\xe2\x80\xa8",
                                                    "\xe2\x80\xae",
                                                    "desc",
                                                    "<<<<<<< HEAD",
                                                    "10",
                                                    "%",
                                                    ";"};
    std::string made;
    for (int i = below(6); i >= 0; --i) made += kParts[static_cast<std::size_t>(below(static_cast<int>(kParts.size())))];
    return made;
  }
  std::string maybe() { return coin() ? std::string() : text(); }
  std::vector<std::string> list(int least) {
    std::vector<std::string> made;
    for (int i = least + below(3); i > 0; --i) made.push_back(text());
    return made;
  }

 private:
  std::mt19937 random_;
};

types::ColumnDefault any_default(Hostile& any) {
  using Kind = types::ColumnDefault::Kind;
  types::ColumnDefault made;
  made.kind = static_cast<Kind>(any.below(7));
  if (made.kind == Kind::literal || made.kind == Kind::native) made.text = any.maybe();
  if (made.kind == Kind::current_timestamp || made.kind == Kind::current_time) made.scale = any.below(8) - 1;
  return made;
}

types::Column any_column(Hostile& any, int ordinal) {
  types::Column made = column(ordinal, any.text() + std::to_string(ordinal), native(any.text(), any.text(), any.list(0)));
  if (any.coin()) made.native = native("decimal(12,2)", "decimal", {"12", "2"});
  made.nullable = any.coin();
  made.default_value = any_default(any);
  made.auto_increment = any.coin();
  made.identity_always = any.coin();
  made.generated = any.coin();
  if (made.generated) made.generation = any.maybe();
  made.on_update_now = any.coin();
  made.zerofill = any.coin();
  made.invisible = any.coin();
  made.charset = any.maybe();
  made.collation = any.maybe();
  made.comment = any.maybe();
  return made;
}

types::Index any_index(Hostile& any) {
  types::Index made;
  made.name = any.maybe();
  for (int i = any.below(3); i >= 0; --i) made.columns.push_back({any.maybe(), any.coin(), any.below(3) * 7});
  made.unique = any.coin();
  made.constraint = any.coin();
  made.method = any.maybe();
  made.special = any.maybe();
  made.definition = any.maybe();
  made.nulls_not_distinct = any.coin();
  made.comment = any.maybe();
  return made;
}

types::ForeignKey any_foreign_key(Hostile& any) {
  types::ForeignKey made;
  made.name = any.maybe();
  made.columns = any.list(1);
  made.referenced = {any.maybe(), any.text()};
  made.referenced_columns = any.list(0);
  made.on_delete = static_cast<types::ForeignKeyAction>(any.below(5));
  made.on_update = static_cast<types::ForeignKeyAction>(any.below(5));
  made.deferrable = any.coin();
  made.initially_deferred = any.coin();
  return made;
}

types::TableSchema any_table(Hostile& any, int number) {
  types::TableSchema made;
  made.name = {any.coin() ? "" : any.text(), any.text() + std::to_string(number)};
  for (int i = any.below(5); i > 0; --i) made.columns.push_back(any_column(any, static_cast<int>(made.columns.size()) + 1));
  if (any.coin()) made.primary_key = {any.maybe(), any.list(1)};
  for (int i = any.below(3); i > 0; --i) made.indexes.push_back(any_index(any));
  for (int i = any.below(3); i > 0; --i) made.foreign_keys.push_back(any_foreign_key(any));
  for (int i = any.below(3); i > 0; --i) made.dependents.push_back({any.text(), any.maybe()});
  made.checks = any.list(0);
  made.comment = any.maybe();
  made.create_options = any.maybe();
  made.storage = any.maybe();
  made.native_partitions.kind = static_cast<types::NativePartitions::Kind>(any.below(4));
  if (made.native_partitions.kind != types::NativePartitions::Kind::none) {
    made.native_partitions.columns = any.list(0);
    made.native_partitions.unit = static_cast<types::NativePartitions::Unit>(any.below(4));
    made.native_partitions.every = any.below(20);
    made.native_partitions.text = any.maybe();
  }
  made.row_estimate = catalog::rounded(any.below(3) == 0 ? -1 : any.below(1000000));
  made.byte_estimate = catalog::rounded(any.below(3) == 0 ? -1 : any.below(100000000));
  return made;
}

Lock any_lock(unsigned seed) {
  Hostile any(seed);
  Lock lock;
  lock.connection = any.text();
  lock.engine = any.text();
  lock.timezone = any.text();
  lock.server.product = any.text();
  lock.server.version = any.text();
  lock.server.table_case = static_cast<connectors::NameCase>(any.below(2));
  lock.server.column_case = static_cast<connectors::NameCase>(any.below(2));
  lock.server.text_collation = any.maybe();
  lock.server.large_literal_defaults = any.coin();
  lock.server.snapshot_age_visible = any.coin();
  for (int i = any.below(4); i > 0; --i) {
    catalog::LockPattern pattern;
    for (int depth = any.below(2); depth >= 0; --depth) {
      const auto kind = static_cast<catalog::LockSegment::Kind>(any.below(3));
      pattern.push_back({kind, kind == catalog::LockSegment::Kind::any ? "" : any.text()});
    }
    lock.patterns.push_back(pattern);
  }
  lock.containers = any.list(0);
  for (int i = any.below(4); i > 0; --i)
    lock.names.push_back(
        {{any.maybe(), any.text() + std::to_string(i)}, static_cast<connectors::ObjectKind>(any.below(3)), any.coin()});
  for (int i = any.below(4); i > 0; --i) lock.tables.push_back(any_table(any, i));
  return lock;
}

}  // namespace

BOOST_AUTO_TEST_CASE(one_fact_stands_on_each_line) {
  const std::string text = catalog::to_text(small());
  const std::string expected =
      "# catalog.lock v1 connection=shop engine=mysql product=MariaDB version=\"10.11\" tz=\"Asia/Shanghai\" table_case=exact "
      "column_case=ignored patterns=" +
      catalog::digest_of(small().patterns) +
      "\n"
      "server text_collation=utf8mb4_nopad_bin\n"
      "pattern crm.~\"t_.*\"\n"
      "pattern sales.*\n"
      "name sales.orders_bak table\n"
      "name sales.secret table unreadable\n"
      "name sales.v view\n"
      "table sales.orders rows=1e8 storage=InnoDB\n"
      "column sales.orders 1 id \"bigint(20) unsigned\" not_null auto_increment\n"
      "column sales.orders 2 note \"varchar(80)\" default=\"\"\n"
      "primary_key sales.orders PRIMARY (id)\n"
      "index sales.orders by_note (note desc 10, id) method=btree\n";
  BOOST_TEST(text == expected);
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
  BOOST_TEST(catalog::to_text(read(catalog::to_text(small()))) == catalog::to_text(small()));
  const Lock back = read(catalog::to_text(small()));
  BOOST_TEST(back.tables.at(0).columns.at(0).native.words == "bigint unsigned");
  BOOST_TEST(back.tables.at(0).columns.at(0).native.arguments == std::vector<std::string>{"20"},
             boost::test_tools::per_element());
  BOOST_TEST((back.tables.at(0).columns.at(1).default_value.kind == types::ColumnDefault::Kind::literal));
  BOOST_TEST(back.names.size() == 3U);
}

/// 3,000 locks of hostile names: nothing differs after a round trip, and no fact takes two lines.
BOOST_AUTO_TEST_CASE(every_fact_survives) {
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    const Lock lock = any_lock(seed);
    const std::string text = catalog::to_text(lock);
    const Lock back = read(text);
    const auto changes = words(lock, back);
    BOOST_REQUIRE_MESSAGE(changes.empty(), "seed " + std::to_string(seed) + ": " + (changes.empty() ? "" : changes.front()));
    BOOST_REQUIRE_MESSAGE(catalog::to_text(back) == text, "seed " + std::to_string(seed));
    for (std::size_t i = 0; i < lock.tables.size(); ++i) {
      const types::TableSchema& one = lock.tables[i];
      const auto found =
          std::find_if(back.tables.begin(), back.tables.end(), [&](const auto& other) { return other.name == one.name; });
      BOOST_REQUIRE(found != back.tables.end());
      for (std::size_t c = 0; c < one.columns.size(); ++c) {
        BOOST_REQUIRE(found->columns[c].native.words == one.columns[c].native.words);
        BOOST_REQUIRE(found->columns[c].native.arguments == one.columns[c].native.arguments);
      }
    }
    std::size_t facts = 1 + (text.find("\nserver ") != std::string::npos ? 1 : 0) + lock.containers.size() + lock.names.size();
    for (const types::TableSchema& one : lock.tables) {
      facts += 1 + one.columns.size() + (one.primary_key.columns.empty() ? 0 : 1) + one.indexes.size() + one.foreign_keys.size();
      facts += one.checks.size() + one.dependents.size();
      facts += one.native_partitions.kind == types::NativePartitions::Kind::none ? 0 : 1;
    }
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    BOOST_REQUIRE(lines >= facts);
    BOOST_REQUIRE(lines <= facts + lock.patterns.size());
    BOOST_REQUIRE(text.find('\r') == std::string::npos);
    BOOST_REQUIRE(text.find("\xe2\x80\xa8") == std::string::npos);
  }
}

/// Cutting a lock anywhere, or changing one byte, is read or refused: it never crashes.
BOOST_AUTO_TEST_CASE(broken_locks_are_refused_or_read) {
  std::mt19937 random(7);
  const std::string text = catalog::to_text(any_lock(42)) + catalog::to_text(small()).substr(1);
  for (int i = 0; i < 3000; ++i) {
    std::string broken = text.substr(0, random() % (text.size() + 1));
    if (!broken.empty() && i % 2 == 0) broken[random() % broken.size()] = static_cast<char>(random() % 256);
    Lock lock;
    const auto problem = catalog::read_lock(broken, lock);
    if (problem) BOOST_REQUIRE(problem->offset <= broken.size());
    if (problem) BOOST_REQUIRE(!problem->message.empty());
  }
}

/// One script of many looks at a few tables: the others are names, and what is written of them is not read.
BOOST_AUTO_TEST_CASE(tables_that_nobody_wants_have_names_only) {
  for (const unsigned seed : {3U, 5U, 42U}) {
    const Lock whole = read(catalog::to_text(any_lock(seed)));
    for (std::size_t wanted = 0; wanted < whole.tables.size(); ++wanted) {
      const auto takes = [&](const types::ObjectName& name, const connectors::ServerInfo& server) {
        BOOST_REQUIRE(server.table_case == whole.server.table_case);
        return name == whole.tables[wanted].name;
      };
      Lock some;
      BOOST_REQUIRE(!catalog::read_lock(catalog::to_text(whole), some, takes));
      BOOST_REQUIRE_EQUAL(some.unread.size() + 1, whole.tables.size());
      Lock expected = whole;
      expected.tables = {whole.tables[wanted]};
      for (std::size_t i = 0; i < whole.tables.size(); ++i) {
        const auto found = std::find(some.unread.begin(), some.unread.end(), whole.tables[i].name);
        BOOST_REQUIRE((found == some.unread.end()) == (i == wanted));
      }
      BOOST_REQUIRE_EQUAL(catalog::to_text(some), catalog::to_text(expected));
    }
  }
  const auto nobody = [](const types::ObjectName&, const connectors::ServerInfo&) { return false; };
  const auto refused = [&](const std::string& line) {
    Lock lock;
    return catalog::read_lock(with_line(line), lock, nobody).has_value();
  };
  BOOST_TEST(!refused("column sales.orders x"));
  BOOST_TEST(refused("column sales.orders2 1 id \"int\""));
  BOOST_TEST(refused("table sales.orders"));
  BOOST_TEST(refused("<<<<<<< HEAD"));
}

BOOST_AUTO_TEST_CASE(order_of_facts_is_not_order_of_bytes) {
  Lock one = any_lock(11), other = one;
  std::reverse(other.tables.begin(), other.tables.end());
  std::reverse(other.names.begin(), other.names.end());
  std::reverse(other.patterns.begin(), other.patterns.end());
  for (types::TableSchema& table : other.tables) {
    std::reverse(table.indexes.begin(), table.indexes.end());
    std::reverse(table.foreign_keys.begin(), table.foreign_keys.end());
  }
  BOOST_TEST(catalog::to_text(one) == catalog::to_text(other));
}

BOOST_AUTO_TEST_CASE(refusals_name_the_place) {
  BOOST_TEST(refusal("") == "1:1 a lock begins with `# catalog.lock v1`");
  BOOST_TEST(refusal("# catalog.lock v1") == "1:1 the first line does not say connection and engine");
  BOOST_TEST(refusal("# catalog.lock v2 connection=a\n") == "1:1 a lock begins with `# catalog.lock v1`");
  BOOST_TEST(refusal(with_line("colum sales.orders 3 x \"int\"")) == "13:1 `colum` is no kind of fact");
  BOOST_TEST(refusal(with_line("column sales.orders 3 x int")) == "13:25 `\"` should stand here");
  BOOST_TEST(refusal(with_line("column sales.orders 2 x \"int\"")) == "13:21 column 2 of this table stands here twice");
  BOOST_TEST(refusal(with_line("column sales.order 3 x \"int\"")) ==
             "13:8 there is no `table` line for `sales.order` above this one");
  BOOST_TEST(refusal(with_line("column sales.orders 3 x \"int\" nullable")) ==
             "13:31 `nullable` is nothing that stands in a `column` line");
  BOOST_TEST(refusal(with_line("column sales.orders 3 \"x")) == "13:23 this quote never ends on its line");
  BOOST_TEST(refusal(with_line("table sales.orders")) == "13:7 table `sales.orders` stands here twice");
  BOOST_TEST(refusal(with_line("<<<<<<< HEAD")) == "13:1 a merge conflict is left here");
  BOOST_TEST(refusal(with_line("container \"a\\q\"")) == "13:13 an escape is \\\", \\\\, \\n, \\t or \\x and two digits");
  BOOST_TEST(refusal(with_line("name sales.x thing")) == "13:14 `thing` is no kind of object");
  BOOST_TEST(refusal(with_line("# a remark of somebody")) == "read");
  BOOST_TEST(refusal(with_line("")) == "read");
}

BOOST_AUTO_TEST_CASE(differences_are_said_in_words) {
  Lock after = small();
  types::TableSchema& orders = after.tables[0];
  orders.columns[1].native = native("text", "text");
  orders.columns.push_back(column(3, "placed", native("datetime", "datetime")));
  orders.indexes.clear();
  orders.row_estimate = 1000000000;
  types::TableSchema fresh;
  fresh.name = {"sales", "coupons"};
  after.tables.push_back(fresh);
  after.patterns.pop_back();
  const std::vector<std::string> expected = {"pattern `crm.~'t_.*'` is no longer covered",
                                             "sales.orders: the type of column `note` is `text` now, was `varchar(80)`",
                                             "sales.orders: column `placed` is new (datetime)",
                                             "sales.orders: index `by_note` (note[10] desc, id) is gone",
                                             "sales.orders: the number of rows is about 1,000,000,000 now, was about 100,000,000",
                                             "sales.coupons: the table is new (0 columns)"};
  BOOST_TEST(words(small(), after) == expected, boost::test_tools::per_element());
  const auto back = words(after, small());
  BOOST_TEST((std::find(back.begin(), back.end(), "sales.coupons: the table is gone") != back.end()));
  BOOST_TEST(words(small(), small()).empty());
}

BOOST_AUTO_TEST_CASE(estimates_waver_without_a_change) {
  BOOST_TEST(catalog::rounded(0) == 0);
  BOOST_TEST(catalog::rounded(-1) == -1);
  BOOST_TEST(catalog::rounded(9) == 10);
  BOOST_TEST(catalog::rounded(299) == 100);
  BOOST_TEST(catalog::rounded(300) == 1000);
  BOOST_TEST(catalog::rounded(330, 100) == 100);
  BOOST_TEST(catalog::rounded(290, 1000) == 1000);
  BOOST_TEST(catalog::rounded(7000, 1000) == 10000);
}

BOOST_AUTO_TEST_CASE(a_lock_is_a_catalogue) {
  catalog::LockCatalog catalog(small());
  BOOST_TEST(catalog.objects().size() == 4U);
  BOOST_TEST(catalog.describe({{"sales", "orders"}, {"sales", "orders_bak"}, {"sales", "nothing"}}).size() == 1U);
  Lock folding = small();
  folding.server.table_case = connectors::NameCase::insensitive;
  BOOST_TEST(catalog::LockCatalog(folding).describe({{"SALES", "Orders"}}).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
