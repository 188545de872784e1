#pragma once
#include <string>

namespace syncline::cli {

/// The scripts, locks and `syncline.toml` of a project folder as they were in a revision of its git repository, in a folder of
/// their own that goes with this object. Nothing of the work tree is touched, and no shell is used.
class Checkout {
 public:
  /// Throws UsageError: no repository, no such revision, no git.
  Checkout(const std::string& project_folder, const std::string& revision);
  ~Checkout();
  Checkout(const Checkout&) = delete;
  Checkout& operator=(const Checkout&) = delete;
  [[nodiscard]] const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
};

/// The revision that `git:REV` names. Throws UsageError for another text.
std::string revision_of(const std::string& text);

}  // namespace syncline::cli
