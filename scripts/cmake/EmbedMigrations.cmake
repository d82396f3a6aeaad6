# caly_embed_migrations(<target> <folder>): compiles the folder's *.sql files, in the order
# of their names, into <target> as caly::pg::embedded_migrations().
function(caly_embed_migrations target folder)
  file(GLOB files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${folder}/*.sql)
  list(SORT files)
  set(entries "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    get_filename_component(name ${file} NAME)
    file(READ ${file} text)
    string(APPEND entries "      {\"${name}\", R\"caly_sql(${text})caly_sql\"},\n")
  endforeach()
  set(out ${PROJECT_BINARY_DIR}/generated/${target}_migrations.cpp)
  file(CONFIGURE OUTPUT ${out} @ONLY CONTENT [[
#include "storage/pg/migrate.hpp"

namespace caly::pg {

const std::vector<migration>& embedded_migrations() {
  static const std::vector<migration> all{
@entries@  };
  return all;
}

} // namespace caly::pg
]])
  target_sources(${target} PRIVATE ${out})
endfunction()
