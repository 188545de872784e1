#include "compiler/planner/shards.h"

#include <algorithm>

#include "stdlib/base/text.h"

namespace syncline::planner {
namespace {

using types::Column;
using types::TableSchema;

bool same_type(const Column& one, const Column& other) {
  return one.logical == other.logical && one.native.words == other.native.words;
}

/// Every value of `from` is one of `to`, of the same kind of values: numbers do not become text unasked.
bool widens(const Column& from, const Column& to) {
  const bool becomes_text = to.logical.kind == types::TypeKind::string && from.logical.kind != types::TypeKind::string &&
                            from.logical.kind != types::TypeKind::enumeration;
  return same_type(from, to) || (!becomes_text && types::coercion(from.logical, to.logical) == types::Coercion::exact);
}

/// The tables of one group on their way to one schema.
class Union {
 public:
  Union(SyncWork& sync, const SyncWork::ShardGroup& group) : sync_(sync), rule_(sync.source.server.column_case) {
    for (const std::size_t at : group) {
      if (!sync.tables[at].unplanned) members_.push_back(&sync.tables[at]);
    }
  }

  void make() {
    if (members_.empty()) return;
    leader_ = members_.front();
    for (Work* member : members_) spell_alike(member->plan.source_schema);
    const bool all = leader_->policy.merge_shards->value == bound::ShardColumns::all;
    if (!all) refuse(differences(), "MERGE SHARDS UNION COLUMNS takes the columns of all of them");
    made_ = leader_->plan.source_schema;
    collect_columns(all);
    if (all) refuse(std::move(incompatible_), "give the column one type, COLUMNS (CAST … TO …), or leave it out with EXCLUDE");
    collect_keys();
    estimate();
    for (Work* member : members_) {
      made_.name = member->plan.source;
      made_.foreign_keys = member->plan.source_schema.foreign_keys;
      member->source = made_;
    }
  }

 private:
  using Spellings = std::map<std::string, std::string>;

  /// Where names ignore case, each column has the spelling of the first table that has it.
  void spell_alike(TableSchema& schema) {
    const auto spelled = [this](std::string& name) { name = spellings_.emplace(fold(name, rule_), name).first->second; };
    for (Column& column : schema.columns) spelled(column.name);
    for (std::string& name : schema.primary_key.columns) spelled(name);
    for (types::Index& index : schema.indexes) {
      for (types::IndexColumn& column : index.columns) {
        if (!column.name.empty()) spelled(column.name);
      }
    }
  }

  static std::string name_of(const Work& work) { return types::to_string(work.plan.source); }

  static std::set<std::string> names_of(const Work& work) {
    std::set<std::string> names;
    for (const Column& column : work.plan.source_schema.columns) names.insert(column.name);
    return names;
  }

  void refuse(std::vector<std::string> problems, const std::string& help) {
    if (problems.empty()) return;
    std::string all;
    for (std::size_t at = 0; at < problems.size() && at < kShown; ++at) all += (at == 0 ? "" : "; ") + problems[at];
    if (problems.size() > kShown) all += fmt::format("; and {} more", problems.size() - kShown);
    const auto& clause = *leader_->policy.merge_shards;
    diag::Diagnostic found =
        diag::ShardsDiffer(types::to_string(leader_->plan.target), all).at(clause.origin.span).with_help(help);
    const std::string united = "MERGE SHARDS UNION COLUMNS";
    if (clause.value == bound::ShardColumns::same)
      found.fixes.push_back({clause.origin.span, united, "replace with `" + united + "`", true});
    finding(sync_, *leader_, std::move(found));
  }

  /// Most tables look like this one.
  [[nodiscard]] const Work& usual() const {
    std::map<std::set<std::string>, std::size_t> counts;
    for (const Work* member : members_) ++counts[names_of(*member)];
    const auto more = [&](const Work* one, const Work* other) { return counts[names_of(*one)] < counts[names_of(*other)]; };
    return **std::max_element(members_.begin(), members_.end(), more);
  }

  [[nodiscard]] std::vector<std::string> differences() const {
    const Work& reference = usual();
    std::map<std::string, std::vector<std::string>> by_problem;
    for (const Work* member : members_) {
      const TableSchema& own = member->plan.source_schema;
      for (const Column& column : own.columns) {
        const Column* other = reference.plan.source_schema.find_column(column.name);
        if (other == nullptr) by_problem["extra `" + column.name + "`"].push_back(name_of(*member));
        if (other != nullptr && !same_type(column, *other))
          by_problem[type_problem(column, *other, reference)].push_back(name_of(*member));
      }
      for (const std::string& name : names_of(reference)) {
        if (own.find_column(name) == nullptr) by_problem["no `" + name + "`"].push_back(name_of(*member));
      }
    }
    std::vector<std::string> problems;
    for (const auto& [problem, tables] : by_problem)
      problems.push_back(text::sample_list(tables) + (tables.size() == 1 ? " has " : " have ") + problem);
    return problems;
  }

  static std::string type_problem(const Column& own, const Column& other, const Work& reference) {
    return "`" + own.name + "` as " + own.native.text + ", which is " + other.native.text + " in `" + name_of(reference) + "`";
  }

  void collect_columns(bool all) {
    made_.columns.clear();
    for (const Work* member : members_) {
      for (const Column& column : member->plan.source_schema.columns) {
        if (made_.find_column(column.name) == nullptr) made_.columns.push_back(united(column.name));
      }
      if (!all) break;
    }
    for (std::size_t at = 0; at < made_.columns.size(); ++at) made_.columns[at].ordinal = static_cast<int>(at) + 1;
  }

  /// The column that holds the values of all.
  Column united(const std::string& name) {
    std::vector<std::pair<const Work*, const Column*>> have;
    bool nullable = false;
    bool counts = false;
    for (const Work* member : members_) {
      const Column* own = member->plan.source_schema.find_column(name);
      if (own != nullptr) have.emplace_back(member, own);
      nullable = nullable || own == nullptr || own->nullable;
      counts = counts || (own != nullptr && own->auto_increment);
    }
    const auto holds_all = [&](const auto& one) {
      return std::all_of(have.begin(), have.end(), [&](const auto& other) { return widens(*other.second, *one.second); });
    };
    const auto widest = std::find_if(have.begin(), have.end(), holds_all);
    if (widest == have.end() && !has_rule(name)) {
      const auto other =
          std::find_if(have.begin(), have.end(), [&](const auto& one) { return !same_type(*one.second, *have[0].second); });
      incompatible_.push_back("`" + name_of(*other->first) + "` has " +
                              type_problem(*other->second, *have[0].second, *have[0].first));
    }
    Column column = widest == have.end() ? *have.front().second : *widest->second;
    column.nullable = nullable;
    column.auto_increment = counts;
    return column;
  }

  /// The script says what becomes of the column.
  [[nodiscard]] bool has_rule(const std::string& name) const {
    using Verb = ast::ColumnRule::Kind;
    return std::any_of(leader_->policy.columns.begin(), leader_->policy.columns.end(), [&](const bound::BoundColumnRule& one) {
      const bool decides = one.rule.kind == Verb::cast || one.rule.kind == Verb::exclude;
      return decides && analyze::matches_column(one.rule.columns, name, rule_);
    });
  }

  /// Keys that hold in every table, and the other indexes of the first one.
  void collect_keys() {
    const auto same_key = [&](const Work* member) {
      return member->plan.source_schema.primary_key.columns == made_.primary_key.columns;
    };
    if (!std::all_of(members_.begin(), members_.end(), same_key)) {
      made_.primary_key = {};
      leader_->reason("the primary keys of the tables differ: the target gets none");
    }
    const auto some_lacks = [&](const types::Index& index) {
      return index.unique &&
             !std::all_of(members_.begin(), members_.end(), [&](const Work* member) { return has_unique(*member, index); });
    };
    made_.indexes.erase(std::remove_if(made_.indexes.begin(), made_.indexes.end(), some_lacks), made_.indexes.end());
  }

  static bool has_unique(const Work& work, const types::Index& wanted) {
    const auto& indexes = work.plan.source_schema.indexes;
    return std::any_of(indexes.begin(), indexes.end(), [&](const types::Index& one) {
      const auto same = [](const types::IndexColumn& a, const types::IndexColumn& b) { return a.name == b.name; };
      return one.unique && one.special == wanted.special &&
             std::equal(one.columns.begin(), one.columns.end(), wanted.columns.begin(), wanted.columns.end(), same);
    });
  }

  void estimate() {
    made_.row_estimate = made_.byte_estimate = 0;
    for (const Work* member : members_) {
      const TableSchema& own = member->plan.source_schema;
      made_.row_estimate = made_.row_estimate < 0 || own.row_estimate < 0 ? -1 : made_.row_estimate + own.row_estimate;
      made_.byte_estimate = made_.byte_estimate < 0 || own.byte_estimate < 0 ? -1 : made_.byte_estimate + own.byte_estimate;
    }
    if (members_.size() > 1) made_.next_identity.reset();
  }

  static constexpr std::size_t kShown = 4;
  SyncWork& sync_;
  connectors::NameCase rule_;
  std::vector<Work*> members_;
  Work* leader_ = nullptr;
  Spellings spellings_;
  TableSchema made_;
  std::vector<std::string> incompatible_;
};

}  // namespace

void group_shards(SyncWork& sync) {
  std::map<std::string, SyncWork::ShardGroup> by_target;
  for (std::size_t at = 0; at < sync.tables.size(); ++at)
    by_target[fold(sync.tables[at].plan.target, sync.target.server.table_case)].push_back(at);
  for (auto& [target, group] : by_target) {
    const auto merges = [&](std::size_t at) { return sync.tables[at].policy.merge_shards.has_value(); };
    if (!std::all_of(group.begin(), group.end(), merges)) continue;
    const auto planned = [&](std::size_t at) { return !sync.tables[at].unplanned; };
    const auto selected = [&](std::size_t at) { return sync.tables[at].selected; };
    const auto leader = std::find_if(group.begin(), group.end(), planned);
    std::rotate(group.begin(), leader == group.end() ? group.begin() : leader,
                leader == group.end() ? group.begin() : leader + 1);
    const bool any_selected = std::any_of(group.begin(), group.end(), selected);
    for (const std::size_t at : group) {
      Work& work = sync.tables[at];
      work.shard_group = sync.shard_groups.size();
      work.follows = at != group.front();
      work.merged = group.size() > 1;
      work.selected = any_selected;
      work.plan.target = sync.tables[group.front()].plan.target;
    }
    sync.shard_groups.push_back(std::move(group));
  }
}

void unite_shards(SyncWork& sync) {
  for (const SyncWork::ShardGroup& group : sync.shard_groups) Union(sync, group).make();
}

}  // namespace syncline::planner
