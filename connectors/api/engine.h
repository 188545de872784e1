#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace syncline::connectors {

enum class SettingType : std::uint8_t { string, integer, boolean, duration, bytes, rate, choice, secret };

struct SettingInfo {
  std::string_view name;
  SettingType type;
  bool required = false;
  std::string_view choices = {};  ///< for `choice`: "off|require|verify_ca|verify_full"
  std::string_view doc = {};
};

enum class NameCase : std::uint8_t { sensitive, insensitive };

/// Lexical rules of an engine's SQL, as data for the one tokeniser that fences NATIVE text (DECISIONS 30, 31).
struct LexicalRules {
  bool backslash_escapes = false;     ///< inside '…'
  bool double_quote_strings = false;  ///< "…" is a string, not a name
  bool backquote_names = false;
  bool bracket_names = false;
  bool dollar_quotes = false;  ///< PostgreSQL $tag$…$tag$
  bool hash_comments = false;
  bool nested_comments = false;
  bool e_strings = false;  ///< E'…'
};

/// What an engine can do, for the planner. No defaults: every engine states all of it.
struct Capabilities {
  int max_identifier_bytes;       ///< 0: by characters only
  int max_identifier_characters;  ///< 0: by bytes only
  NameCase table_case;            ///< offline rule; a live server may say otherwise (ServerInfo)
  NameCase column_case;
  bool index_names_per_table;  ///< false: unique per schema or database
  bool transactional_ddl;
  bool foreign_keys_inline;  ///< must be declared in CREATE TABLE (SQLite)
  bool typed_foreign_keys;   ///< both ends must have the same type; false: values are compared whatever their types (SQLite)
  bool deferrable_foreign_keys;
  bool rename_keeps_foreign_keys;  ///< informative
  int max_parallel_loads;          ///< loader sessions at a time; 0: no limit of its own
  int tables_per_transaction;      ///< small tables published together; 1: each alone
  bool shared_snapshots;           ///< several sessions may read one snapshot
  int max_key_bytes;               ///< of an index; 0: none worth planning for
  int max_row_bytes;               ///< declared row size (MySQL 65,535); 0: none
  bool text_in_keys;               ///< unbounded text may be indexed
  bool unsigned_integers;
  int max_decimal_precision;  ///< 0: unbounded
  int max_decimal_scale;
  bool named_enum_types;  ///< an enumeration is a type of one database, unknown to the next one (PostgreSQL)
  bool enum_by_check;     ///< an enumeration becomes text with a CHECK of its labels
  bool comments;
  bool identity_on_integers_only;
  bool upsert_by_any_unique_key;    ///< an upsert meets rows by every unique key, not only by the one it names (MySQL)
  bool keyset_pages;                ///< a table may be read in pages along a unique key
  bool relays;                      ///< rows may pass as the engine's own wire bytes between two databases of it
  bool zero_dates;                  ///< holds '0000-00-00' and dates without month or day (MySQL)
  int list_partition_columns;       ///< columns that partitions of the engine's own may list; 0: it has no partitions
  bool partitions_by_any_type;      ///< a LIST takes any type; false: whole numbers, dates, clock times, short text
  bool foreign_keys_of_partitions;  ///< partitioned tables may have and take foreign keys
  bool widens_columns;              ///< a column of a table with rows may get a wider type
};

/// The oldest servers of a product that are asked, and those that are written. Below them a server lacks what is read of its
/// catalogue, or a statement that loads send.
struct LeastVersion {
  struct Version {
    int number;             ///< as ServerInfo::version_number
    std::string_view text;  ///< as its makers say it
  };
  std::string_view product;  ///< as ServerInfo::product
  Version source;
  Version target;
};

/// One engine of the language: built, or known so that scripts for it check offline (DECISIONS 48).
struct EngineInfo {
  std::string_view name;  ///< as written after TYPE
  bool built;
  bool can_be_source;
  bool can_be_target;
  std::vector<std::string_view> levels;             ///< {"database","table"}, {"schema","table"}, {"table"}
  std::vector<SettingInfo> settings;                ///< of CONNECTION
  std::vector<std::string_view> table_types;        ///< CREATE WITH (TABLE TYPE …)
  std::vector<std::string_view> create_properties;  ///< CREATE WITH (PROPERTIES …); empty: not checked
  LexicalRules lexical;
  Capabilities capabilities;
  std::string_view default_container;        ///< "public" for postgres; empty elsewhere
  std::vector<LeastVersion> least_versions;  ///< by product; none: any

  [[nodiscard]] bool has_container() const { return levels.size() > 1; }
};

}  // namespace syncline::connectors
