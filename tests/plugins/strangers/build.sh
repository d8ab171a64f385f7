#!/usr/bin/env bash
# build.sh CMAKE BUILD SOURCE RESULT: does what a stranger does. Installs the SDK alone from BUILD, copies the
# example out of SOURCE to a folder of its own, builds it there (also with every clang++ there is, and a
# plugin in plain C), and leaves the libraries in RESULT, one folder per compiler.
set -euo pipefail
cmake=$1 build=$2 source=$3 result=$4

outside=$(mktemp -d)
trap 'rm -rf "$outside"' EXIT
rm -rf "$result"
umask 022
mkdir -p "$result"

"$cmake" --install "$build" --component sdk --prefix "$outside/sdk" >"$outside/install.log"
if grep -rq "$source" "$outside/sdk"; then
  echo "expected an SDK that can be moved, found the path of the source tree in it" >&2
  exit 1
fi

# build_one NAME FOLDER LIBRARY [CMAKE-OPTION…]
build_one() {
  local name=$1 folder=$2 library=$3
  shift 3
  cp -r "$folder" "$outside/$name"
  "$cmake" -G Ninja -S "$outside/$name" -B "$outside/$name/build" -DCMAKE_PREFIX_PATH="$outside/sdk" \
    -DCMAKE_BUILD_TYPE=Release "$@"
  "$cmake" --build "$outside/$name/build"
  mkdir -p "$result/$name"
  cp "$outside/$name/build/$library.so" "$result/$name/"
}

strict=-DCMAKE_CXX_FLAGS="-Wall -Wextra -Wpedantic -Wshadow -Werror"
build_one default "$source/examples/custom-approver" on-call "$strict"
build_one plain_c "$source/tests/plugins/strangers/plain_c" never
for clang in clang++ clang++-19; do
  if command -v "$clang" >/dev/null; then
    build_one "$clang" "$source/examples/custom-approver" on-call "$strict" \
      -DCMAKE_CXX_COMPILER="$clang"
  fi
done
# Distributions strip what they ship.
mkdir "$result/stripped"
cp "$result/default/on-call.so" "$result/stripped/"
strip "$result/stripped/on-call.so"
