#include <algorithm>

#include "compiler/analyze/shards.h"
#include "compiler/bound/expression_text.h"
#include "compiler/planner/keys.h"
#include "compiler/planner/shards.h"
#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using RecipeKind = expr::ColumnRecipe::Kind;
using types::Phase;

std::string named(const Work& work) {
  return "`" + types::to_string(work.plan.source) + "`";
}

diag::Diagnostic differ(const Work& work, const std::string& how) {
  return diag::ShardsDiffer(types::to_string(work.plan.target), named(work) + " " + how);
}

/// `expression` over the columns that are read: those that the table lacks are NULL.
expr::ExprPtr over_own(const expr::ExprPtr& expression, const std::vector<int>& places, const std::vector<types::Column>& read) {
  if (!expression) return nullptr;
  auto copy = std::make_shared<expr::Expr>(*expression);
  if (copy->op == expr::Op::column && copy->column >= 0) {
    copy->column = places[static_cast<std::size_t>(copy->column)];
    if (copy->column < 0) {
      copy->op = expr::Op::constant;
      copy->value = types::Value();
    } else {
      copy->column_type = read[static_cast<std::size_t>(copy->column)].logical;
    }
  }
  for (expr::ExprPtr& argument : copy->args) argument = over_own(argument, places, read);
  return copy;
}

bool same_columns(const Work& one, const Work& other) {
  const auto& a = one.plan.target_schema.columns;
  const auto& b = other.plan.target_schema.columns;
  return one.plan.load_columns == other.plan.load_columns &&
         std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const types::Column& x, const types::Column& y) {
           return x.name == y.name && x.native.words == y.native.words && x.native.arguments == y.native.arguments;
         });
}

/// Values of its discriminators; a column whose value only a run knows is none.
std::vector<plan::Discriminator> discriminators(const Work& work) {
  std::vector<plan::Discriminator> found;
  const std::vector<std::string> wanted = shard_key_columns(work);
  for (const Draft& draft : work.drafts) {
    if (std::find(wanted.begin(), wanted.end(), draft.name) == wanted.end() || !draft.expression) continue;
    const expr::ExprPtr value = expr::fold(draft.expression, {});
    if (value && value->op == expr::Op::constant) found.push_back({draft.name, value->value});
  }
  return found;
}

class Merge {
 public:
  Merge(SyncWork& sync, const SyncWork::ShardGroup& group) : sync_(sync), leader_(sync.tables[group.front()]) {
    for (const std::size_t at : group) members_.push_back(&sync.tables[at]);
  }

  void run() {
    for (Work* member : members_) member->plan.discriminators = discriminators(*member);
    leader_.plan.former_members = former_members();
    if (members_.size() < 2) return;
    check_apart();
    check_partitions();
    gather_findings();
    if (!leader_.unplanned) fold();
  }

 private:
  [[nodiscard]] bool told_apart() const {
    std::set<std::vector<std::string>> seen;
    for (const Work* member : members_) {
      std::vector<std::string> values;
      for (const plan::Discriminator& one : member->plan.discriminators) values.push_back(types::to_text(one.value));
      if (!seen.insert(values).second) return false;
    }
    return true;
  }

  [[nodiscard]] std::vector<std::string> former_members() const {
    std::set<std::string> units;
    for (const types::Progress& one : sync_.progress) {
      const auto same = [&](const Work* member) { return types::to_string(member->plan.source) == one.unit; };
      const bool says_something = one.phase != Phase::key || !one.watermark.empty();
      if (says_something && one.target == leader_.plan.target && std::none_of(members_.begin(), members_.end(), same))
        units.insert(one.unit);
    }
    return {units.begin(), units.end()};
  }

  void check_apart() {
    if (leader_.unplanned || told_apart()) return;
    const std::string help = "COLUMNS (ADD shard STRING = source.table), or what else tells the tables apart";
    if (upserts(leader_) && !leader_.plan.schema_only) {
      finding(sync_, leader_,
              diag::ShardKey(types::to_string(leader_.plan.target), "rows of two tables with one key would overwrite each other")
                  .with_help(leader_.policy.key ? "put columns into KEY that tell the tables apart: " + help : help));
    }
    for (const plan::Load& load : leader_.plan.loads) {
      if (!load.key || !load.key->from_target || load.key->columns.empty()) continue;
      finding(
          sync_, leader_,
          diag::IncrementKey(load.key->columns.front().name, "no column of the target tells the tables of its shard group apart")
              .with_help(help)
              .with_help("or say FROM STATE: the greatest key of each table is remembered then"));
      break;
    }
    if (!leader_.plan.target_schema.primary_key.columns.empty())
      leader_.reason("no column tells the tables apart: rows with one key in two of them fail the load");
  }

  /// A partition is replaced as a whole, so it may not belong to some of the tables only.
  void check_partitions() {
    for (std::size_t at = 0; at < leader_.plan.loads.size(); ++at) {
      for (const Work* member : members_) {
        if (member->unplanned || member->plan.loads.size() <= at || same_partition(*member, at)) continue;
        finding(
            sync_, leader_,
            differ(*member, "fills another partition")
                .with_help(
                    "give PARTITION BY values that are the same for all tables; COLUMNS (ADD …) holds what tells them apart"));
        return;
      }
    }
  }

  [[nodiscard]] bool same_partition(const Work& member, std::size_t at) const {
    const auto& own = member.plan.loads[at].partition;
    const auto& first = leader_.plan.loads[at].partition;
    return std::equal(own.begin(), own.end(), first.begin(), first.end(),
                      [](const expr::ExprPtr& a, const expr::ExprPtr& b) { return expr::to_text(*a) == expr::to_text(*b); });
  }

  /// What one table cannot do, the group cannot; warnings that say the same of each table are told once.
  void gather_findings() {
    std::set<std::string> told;
    for (const diag::Diagnostic& found : leader_.plan.findings) told.insert(std::string(diag::info(found.code).text));
    for (Work* member : members_) {
      if (member == &leader_) continue;
      for (diag::Diagnostic& found : member->plan.findings) {
        const std::string code(diag::info(found.code).text);
        const bool error = found.severity == diag::Severity::error;
        const auto same = [&](const diag::Diagnostic& other) {
          return other.code == found.code && other.message == found.message;
        };
        const bool repeated = std::any_of(leader_.plan.findings.begin(), leader_.plan.findings.end(), same);
        if (!repeated && (error || told.insert(code).second)) leader_.plan.findings.push_back(found);
      }
    }
  }

  void fold() {
    plan::Table group = leader_.plan;
    group.source_schema = leader_.source;
    group.columns = leader_.shared_columns;
    show_names(group);
    std::vector<std::string> names;
    bool zero_dates = true;
    for (const Work* member : members_) zero_dates = zero_dates && member->plan.errors.values.keep_zero_dates;
    for (Work* member : members_) {
      names.push_back(types::to_string(member->plan.source));
      member->plan.findings.clear();
      member->plan.errors = group.errors;
      member->plan.limits = group.limits;
      member->plan.errors.values.keep_zero_dates = zero_dates;
      group.members.push_back(member->plan);
      group.members.back().former_members.clear();
    }
    group.errors.values.keep_zero_dates = zero_dates;
    group.address =
        sync_.bound->name + "/" + types::to_string(group.source) + " and " + text::grouped(members_.size() - 1) + " more";
    for (plan::Load& load : group.loads) load.takes_part = true;
    std::vector<std::string> apart;
    for (const plan::Discriminator& one : group.discriminators) apart.push_back(one.column);
    group.discriminators.clear();
    group.reasons.insert(
        group.reasons.begin(),
        fmt::format("MERGE SHARDS: {} tables ({}) are read from one snapshot into one staging table and published "
                    "at once{}",
                    members_.size(), text::sample_list(names, kShown),
                    apart.empty() ? "" : ", told apart by " + text::sample_list(apart, kShown)));
    leader_.plan = std::move(group);
  }

  /// Where each table has a value of its own, the plan shows what it is made of.
  void show_names(plan::Table& group) const {
    for (plan::ColumnMapping& mapping : group.columns) {
      const auto adds = [&](const bound::BoundColumnRule& one) {
        return one.rule.kind == ast::ColumnRule::Kind::add && one.rule.columns.text == mapping.recipe.target_column;
      };
      const auto& rules = leader_.policy.columns;
      const auto rule = std::find_if(rules.begin(), rules.end(), adds);
      if (rule == rules.end() || !analyze::tells_shards_apart(rule->rule)) continue;
      mapping.recipe.constant = bound::to_text(*rule->rule.value);
    }
  }

  static constexpr std::size_t kShown = 8;
  SyncWork& sync_;
  Work& leader_;
  std::vector<Work*> members_;
};

}  // namespace

void read_own_columns(SyncWork& sync, Work& work) {
  work.shared_columns = work.plan.columns;
  const types::TableSchema& own = work.plan.source_schema;
  std::vector<int> places;
  std::vector<types::Column> read;
  for (const types::Column& column : work.plan.read_columns) {
    const types::Column* mine = own.find_column(column.name);
    places.push_back(mine != nullptr ? static_cast<int>(read.size()) : -1);
    if (mine != nullptr) read.push_back(*mine);
  }
  for (plan::ColumnMapping& mapping : work.plan.columns) {
    expr::ColumnRecipe& recipe = mapping.recipe;
    recipe.expression = over_own(recipe.expression, places, read);
    if (recipe.source < 0) continue;
    const types::Column& shared = work.plan.read_columns[static_cast<std::size_t>(recipe.source)];
    recipe.source = places[static_cast<std::size_t>(recipe.source)];
    if (recipe.source < 0) {
      recipe.kind = RecipeKind::constant;
      recipe.constant = types::Value();
      mapping.note = "this table has none: NULL";
      continue;
    }
    const types::Column& mine = read[static_cast<std::size_t>(recipe.source)];
    if (mine.logical == shared.logical) continue;
    recipe.from = mine.logical;
    recipe.kind = types::passes_unchanged(recipe.from, recipe.to) ? RecipeKind::pass : RecipeKind::convert;
    if (types::coercion(recipe.from, recipe.to) != types::Coercion::impossible) continue;
    finding(
        sync, work,
        differ(work, "has `" + mine.name + "` as " + mine.native.text + ", which cannot become " + types::to_string(recipe.to))
            .with_help("CAST the column to a type that holds the values of all tables, or leave it out with EXCLUDE")
            .for_column(mine.name));
  }
  // A statement reads something, also where the table has none of the columns.
  if (read.empty() && !own.columns.empty()) read.push_back(own.columns.front());
  work.plan.read_columns = std::move(read);
}

void follow_shape(SyncWork& sync, Work& work) {
  const Work& leader = sync.tables[sync.shard_groups[*work.shard_group].front()];
  if (!work.blocked() && !leader.blocked() && !same_columns(leader, work)) {
    finding(sync, work,
            differ(work, "gets other columns than " + named(leader))
                .with_help("let OVERRIDE change COLUMNS for all tables of the group"));
  }
  work.plan.target_schema = leader.plan.target_schema;
  work.plan.key = leader.plan.key;
}

std::vector<std::string> shard_key_columns(const Work& work) {
  std::vector<std::string> names;
  if (!work.shard_group) return names;
  for (const Draft& draft : work.drafts) {
    const auto same = [&](const std::string& name) { return text::ascii_iequals(name, draft.name); };
    const bool in_key = !work.policy.key || std::any_of(work.policy.key->value.begin(), work.policy.key->value.end(), same);
    if (draft.discriminator && !draft.failed && in_key) names.push_back(draft.name);
  }
  return names;
}

std::vector<std::string> with_shard(const Work& work, const std::vector<std::string>& key) {
  if (key.empty()) return key;
  std::vector<std::string> columns = shard_key_columns(work);
  columns.insert(columns.end(), key.begin(), key.end());
  return columns;
}

void merge_shards(SyncWork& sync) {
  for (const SyncWork::ShardGroup& group : sync.shard_groups) Merge(sync, group).run();
}

}  // namespace syncline::planner
