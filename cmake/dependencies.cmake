# Every package the product stands on, found once. All ship with Debian 12; tests/run.sh and samples/quickstart.sh install them.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(date REQUIRED)
find_package(Boost REQUIRED)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)

# MariaDB Connector/C or Oracle's libmysqlclient, whichever is there (-DSYNCLINE_MYSQL=mysqlclient chooses).
set(SYNCLINE_MYSQL "" CACHE STRING "pkg-config name of the MySQL client library; empty: libmariadb, else mysqlclient")
if(SYNCLINE_MYSQL)
  pkg_check_modules(MYSQL REQUIRED IMPORTED_TARGET ${SYNCLINE_MYSQL})
else()
  pkg_search_module(MYSQL REQUIRED IMPORTED_TARGET libmariadb mysqlclient)
endif()

find_program(ANTLR4 antlr4 REQUIRED)
find_path(ANTLR4_INCLUDE antlr4-runtime.h PATH_SUFFIXES antlr4-runtime REQUIRED)
# As an archive where there is one: its thousands of symbols would be bound at every start.
find_library(ANTLR4_LIBRARY NAMES libantlr4-runtime.a antlr4-runtime REQUIRED)
