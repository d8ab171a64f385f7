// server/cli/places.h: where this program finds its own configuration and plugins when nobody says.
//
//   installed    PREFIX/bin/gatewright, PREFIX/lib/gatewright/plugins, and /etc/gatewright or else
//                PREFIX/share/gatewright/config; the database in /var/lib/gatewright
//   built        build/release/bin/gatewright, build/release/plugins, and ./config or else the
//                checkout's own; the database in ./data
#pragma once

#include <string>

namespace gatewright::cli {

struct Places {
  std::string config;    // holds server.yaml and workflows/; empty: nowhere
  std::string plugins;   // empty: nowhere
  std::string database;  // a file, which need not exist
  bool is_installed = false;
};

// `program`: the absolute path of the executable; `working_folder` and `etc` absolute as well.
Places FindPlaces(const std::string& program, const std::string& working_folder,
                  const std::string& etc);
// The same for this process.
Places FindPlaces();

}  // namespace gatewright::cli
