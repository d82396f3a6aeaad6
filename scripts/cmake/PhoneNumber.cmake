# libphonenumber-dev of Debian 12 pulls in Boost 1.74's headers, which cannot stand beside
# Boost 1.81's. Its runtime library needs no Boost, so the -dev package is only unpacked,
# and beside it the headers that its own headers include.
set(PHONENUMBER_UNPACKED ${PROJECT_SOURCE_DIR}/build/third_party/phonenumber)
if(NOT EXISTS ${PHONENUMBER_UNPACKED}/usr/include/phonenumbers/phonenumberutil.h
    OR NOT EXISTS ${PHONENUMBER_UNPACKED}/usr/include/absl/container/node_hash_set.h)
  file(MAKE_DIRECTORY ${PHONENUMBER_UNPACKED})
  foreach(package libphonenumber-dev libprotobuf-dev libabsl-dev)
    execute_process(COMMAND apt-get download ${package}
      WORKING_DIRECTORY ${PHONENUMBER_UNPACKED} RESULT_VARIABLE failed OUTPUT_QUIET ERROR_VARIABLE why)
    if(failed)
      message(FATAL_ERROR "cannot download ${package}: ${why}\nrun scripts/setup, or apt-get update first")
    endif()
    file(GLOB archive ${PHONENUMBER_UNPACKED}/${package}_*.deb)
    execute_process(COMMAND dpkg-deb -x ${archive} ${PHONENUMBER_UNPACKED} COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endif()
find_library(PHONENUMBER_LIBRARY NAMES libphonenumber.so.8 REQUIRED)
add_library(phonenumber::phonenumber UNKNOWN IMPORTED)
set_target_properties(phonenumber::phonenumber PROPERTIES IMPORTED_LOCATION ${PHONENUMBER_LIBRARY})
target_include_directories(phonenumber::phonenumber SYSTEM INTERFACE ${PHONENUMBER_UNPACKED}/usr/include)
