# What `cmake --install` puts where, and the Debian package that scripts/package makes of it.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON) # of all targets only the programs go into it

set(deploy ${PROJECT_SOURCE_DIR}/cluster/deploy)
set(doc share/doc/caly)
install(TARGETS calyd caly caly_speech RUNTIME DESTINATION bin)
install(DIRECTORY config/sectors DESTINATION share/caly)
install(DIRECTORY net/dashboard/dist/ DESTINATION share/caly/dashboard)
install(FILES config/profiles/production.toml DESTINATION /etc/caly RENAME caly.toml
  PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
install(FILES ${deploy}/systemd/calyd.service DESTINATION /lib/systemd/system)
install(FILES README.md CHANGELOG.md ARCHITECTURE.md DESTINATION ${doc})
install(FILES ${deploy}/debian/copyright DESTINATION ${doc})
install(FILES ${deploy}/haproxy.cfg DESTINATION ${doc}/examples)
install(DIRECTORY ${deploy}/prometheus ${deploy}/grafana DESTINATION ${doc}/examples)
install(DIRECTORY cluster/runbooks DESTINATION ${doc} OPTIONAL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME caly)
set(CPACK_PACKAGE_CONTACT "The Caly developers <caly@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "cluster that places and answers phone calls with AI agents")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, ca-certificates, espeak-ng-data, pocketsphinx-en-us")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql (>= 15), haproxy, prometheus")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${deploy}/debian/conffiles ${deploy}/debian/postinst ${deploy}/debian/prerm ${deploy}/debian/postrm)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
