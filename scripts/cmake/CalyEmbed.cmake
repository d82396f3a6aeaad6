# caly_embed(<target> <file> <function>): the file's text becomes
# `std::string_view caly::<function>()` in the target, so that a program needs no files.
function(caly_embed target file function)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${file})
  file(READ ${PROJECT_SOURCE_DIR}/${file} text)
  set(source ${PROJECT_BINARY_DIR}/embedded/${function}.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT
"#include <string_view>

namespace caly {

std::string_view @function@() {
  return R\"embedded(@text@)embedded\";
}

} // namespace caly
")
  target_sources(${target} PRIVATE ${source})
endfunction()
