# The newest Clang that is there, for builds that only Clang can make (libFuzzer).
set(names clang++)
foreach(version RANGE 21 14 -1)
  list(APPEND names clang++-${version})
endforeach()
find_program(CLANGXX NAMES ${names} REQUIRED)
string(REPLACE "clang++" "clang" CLANG "${CLANGXX}")
set(CMAKE_C_COMPILER ${CLANG})
set(CMAKE_CXX_COMPILER ${CLANGXX})
