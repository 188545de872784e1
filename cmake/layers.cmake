# One function for every layer: its warnings, its sanitizers, its dependencies downwards.
function(syncline_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  if(NOT arg_SOURCES)
    file(WRITE ${PROJECT_BINARY_DIR}/generated/${name}_empty.cpp "")
    set(arg_SOURCES ${PROJECT_BINARY_DIR}/generated/${name}_empty.cpp)
  endif()
  add_library(${name} STATIC ${arg_SOURCES})
  syncline_options(${name})
  target_link_libraries(${name} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE})
endfunction()

function(syncline_options name)
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wformat=2 -Wformat-security -Werror
                                         -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
    # False alarms of GCC 12 on std::string (GCC bug 105651), and of its flow analysis under sanitizers.
    target_compile_options(${name} PRIVATE -Wno-restrict $<$<BOOL:${SYNCLINE_SANITIZE}>:-Wno-maybe-uninitialized>)
  endif()
  if(CMAKE_UNITY_BUILD)
    target_compile_options(${name} PRIVATE -Wno-subobject-linkage)  # The main file is generated: private types look as if a header had them.
  endif()
  if(SYNCLINE_FUZZ)
    # The other builds warn: theirs is the compiler that counts. Comparisons are not traced: it takes time, and the
    # dictionary knows the words.
    target_compile_options(${name} PUBLIC -w -fsanitize=fuzzer-no-link -fno-sanitize-coverage=trace-cmp)
  endif()
  if(SYNCLINE_SANITIZE)
    target_compile_options(${name} PUBLIC -fsanitize=address,undefined -fno-sanitize-recover=undefined)
    if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
      # A third of the time to compile; a null or wild pointer that is used stops AddressSanitizer too. The fuzz targets have them all.
      target_compile_options(${name} PUBLIC -fno-sanitize=null,alignment,object-size)
    endif()
    target_link_options(${name} PUBLIC -fsanitize=address,undefined)
  endif()
endfunction()

# Files that a unity build (CMAKE_UNITY_BUILD, tests/run.sh) compiles on their own: private names of theirs clash with a neighbour's.
function(syncline_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# Embeds text files as string_views: syncline_embed(target header namespace files…) makes generated/<header> with
# `struct Embedded { std::string_view name, text; }; inline constexpr Embedded kFiles[]`.
function(syncline_embed target header namespace)
  set(output ${PROJECT_BINARY_DIR}/generated/${header})
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DNAMESPACE=${namespace} "-DFILES=${ARGN}" -P ${PROJECT_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/embed.cmake VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
