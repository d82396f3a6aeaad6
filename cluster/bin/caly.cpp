#include "cluster/client/app.hpp"

int main(int argc, char** argv) {
  return caly::client::run_client(argc, argv);
}
