#pragma once
#include <string>
#include <vector>

#include "compiler/plan/plan.h"

/// What an edit of scripts (or another catalogue lock) does, table by table: two plans compared by three fingerprints (LANGUAGE
/// 5). Both are made without databases and without state, so they say what each would do with an empty target.
namespace syncline::plan {

struct Effect {
  enum class Kind : std::uint8_t {
    added,      ///< `+` a table that was in no sync
    retired,    ///< `-` no longer in any: the target table is kept
    renamed,    ///< `±` the same source goes to another target
    reloaded,   ///< `>` the target table is made anew, or filled otherwise, so that it has to be copied in full
    changed,    ///< `~` what is read, how it is written or when
    unchanged,  ///< `.`
  };
  Kind kind = Kind::unchanged;
  std::string address;              ///< "shop_ods/shop.orders"; of the old script for a retired table
  types::ObjectName target;         ///< of the old script for a retired table
  types::ObjectName old_target;     ///< renamed
  std::vector<std::string> why;     ///< "the condition", "column `note` is new (text)"
  std::vector<std::string> errors;  ///< what blocks it in the new plan
};
const char* to_string(Effect::Kind kind);

/// By address; retired tables among them. Both plans have Table::behaviour.
std::vector<Effect> effects(const Plan& before, const Plan& after);

/// True when anything is not `unchanged`.
bool has_changes(const std::vector<Effect>& effects);

/// `against` is what is compared with, as the user wrote it: "git:main".
std::string to_text(const std::vector<Effect>& effects, const std::string& against);
std::string to_json(const std::vector<Effect>& effects, const std::string& against);

}  // namespace syncline::plan
