#include "stdlib/base/secret.h"

#include <openssl/crypto.h>

namespace syncline {

Secret::~Secret() {
  value_.resize(value_.capacity());
  OPENSSL_cleanse(value_.data(), value_.size());
}

}  // namespace syncline
