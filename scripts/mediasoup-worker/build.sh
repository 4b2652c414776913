#!/usr/bin/env bash
# Builds the mediasoup worker from the C++ sources in mediasoup's npm package and
# Debian's libraries alone: mediasoup's own build fetches a dozen libraries from
# all over the internet.
#
#   usage: build.sh VERSION WORK_DIR TARGET      (see ../mediasoup-worker.sh)
#
# The worker's build asks Meson for subprojects. Each is replaced by a few lines
# that point at Debian's library instead; libsrtp, for which the worker wants a
# version that Debian does not have, is built from Debian's source package and
# adapted by srtp.h.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
version=$1 work=$2 target=$3
sources=$work/package/worker
subprojects=$sources/subprojects

main() {
  mkdir -p "$work"
  step "Debian packages" install_packages
  step "mediasoup's sources" unpack_mediasoup
  step "libsrtp's sources" unpack_libsrtp
  step "stand-ins for the subprojects" write_subprojects
  step "patches" python3 "$here/patch.py" "$sources"
  step "meson setup" setup
  step "generated headers" compile fbs/FBS
  step "the worker" compile mediasoup-worker
  install -D -m 755 "$work/build/mediasoup-worker" "$target"
  strip "$target"
}

# Does one step; shows what it said only when it fails.
step() {
  local name=$1 log=$work/step.log code
  shift
  printf '[%4d s] %s\n' "$SECONDS" "$name"
  # Not `if ! ...`: there, bash would go on after a failure inside.
  set +e
  (
    set -e
    "$@"
  ) >"$log" 2>&1
  code=$?
  set -e
  [ "$code" = 0 ] && return
  tail -n 60 "$log"
  echo "Cannot build the mediasoup worker: the step \"$name\" failed."
  exit 1
}

install_packages() {
  [ -z "${SKIP_APT:-}" ] || return 0
  command -v apt-get
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    g++ pkg-config meson ninja-build python3 ca-certificates \
    libuv1-dev libssl-dev libusrsctp-dev libabsl-dev libflatbuffers-dev flatbuffers-compiler
}

unpack_mediasoup() {
  cd "$work"
  npm pack --ignore-scripts --loglevel=error "mediasoup@$version"
  tar xzf "mediasoup-$version.tgz"
  # With these, Meson would download.
  rm -f "$subprojects"/*.wrap
}

# Debian's source package, by a private source list: the machine's own stays as it is.
unpack_libsrtp() {
  local apt=$work/apt codename mirror
  mkdir -p "$apt/lists/partial" "$apt/parts" "$subprojects/libsrtp-source"
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(configured_mirror)
  cat >"$apt/sources.sources" <<SOURCES
Types: deb-src
URIs: $mirror
Suites: $codename
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
  local options=(
    -o "Dir::Etc::SourceList=$apt/sources.sources"
    -o "Dir::Etc::SourceParts=$apt/parts"
    -o "Dir::State::Lists=$apt/lists"
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=
    -o APT::Sandbox::User=root
  )
  cd "$apt"
  apt-get "${options[@]}" -qq update
  apt-get "${options[@]}" -qq source --download-only libsrtp2
  tar xf "$apt"/libsrtp2_*.orig.tar.gz --strip-components=1 -C "$subprojects/libsrtp-source"
}

# The first mirror that this machine's apt uses, in either format of its lists.
configured_mirror() {
  {
    # Most machines have only one of the two.
    cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null || true
  } | awk '
    $1 == "URIs:" { print $2; exit }
    $1 == "deb" { for (i = 2; i <= NF; i++) if ($i ~ /:\/\//) { print $i; exit } }'
}

write_subprojects() {
  subproject openssl 'c' <<'MESON'
openssl_dep = dependency('openssl', version: '>=3.0')
MESON

  # Debian calls the static library libuv_a.a, and its package libuv-static.
  subproject libuv 'c' <<'MESON'
libuv_dep = dependency('libuv-static', version: '>=1.44', static: true)
MESON
  options libuv <<'MESON'
option('build_tests', type: 'boolean', value: false)
option('build_benchmarks', type: 'boolean', value: false)
MESON

  subproject usrsctp 'c' <<'MESON'
usrsctp_dep = dependency('usrsctp')
MESON
  options usrsctp <<'MESON'
option('sctp_build_programs', type: 'boolean', value: false)
MESON

  subproject flatbuffers 'cpp' <<'MESON'
flatbuffers_dep = dependency('flatbuffers')
MESON

  subproject abseil-cpp 'cpp' <<'MESON'
absl_container_dep = declare_dependency(dependencies: [
  dependency('absl_flat_hash_map'), dependency('absl_flat_hash_set'),
  dependency('absl_inlined_vector'), dependency('absl_btree'),
])
absl_strings_dep = declare_dependency(dependencies: [dependency('absl_strings')])
absl_types_dep = declare_dependency(dependencies: [
  dependency('absl_optional'), dependency('absl_variant'),
  dependency('absl_span'), dependency('absl_memory'),
])
MESON

  # Built with OpenSSL, which is three times as fast as Debian's binary with NSS.
  subproject libsrtp3 'c' 'cpp' <<'MESON'
srtp = subproject('libsrtp-source', default_options: ['warning_level=0',
  'crypto-library=openssl', 'crypto-library-kdf=disabled', 'tests=disabled',
  'pcap-tests=disabled', 'doc=disabled', 'fuzzer=disabled'])
libsrtp3_dep = declare_dependency(include_directories: include_directories('include'),
  link_with: srtp.get_variable('libsrtp2'))
MESON
  options libsrtp3 <<'MESON'
option('crypto-library', type: 'combo', choices: ['none', 'openssl', 'nss', 'mbedtls'], value: 'openssl')
option('crypto-library-kdf', type: 'feature', value: 'disabled')
option('tests', type: 'feature', value: 'disabled')
MESON
  local include=$subprojects/libsrtp3/include source=$subprojects/libsrtp-source
  mkdir -p "$include/srtp2"
  cp "$source"/include/srtp.h "$source"/crypto/include/{auth,cipher,crypto_types}.h "$include/srtp2/"
  cp "$here/srtp.h" "$include/"
}

# A Meson project $1 in the languages that follow, with what stdin says.
subproject() {
  local name=$1
  shift
  mkdir -p "$subprojects/$name"
  {
    printf "project('%s'" "$name"
    printf ", '%s'" "$@"
    echo ')'
    cat
  } >"$subprojects/$name/meson.build"
}

# The options that the worker passes to the real subproject $1.
options() {
  cat >"$subprojects/$1/meson_options.txt"
}

setup() {
  meson setup "$work/build" "$sources" --buildtype=release --wrap-mode=nodownload \
    -Db_ndebug=true -Ddefault_library=static -Dprefer_static=true -Dms_disable_liburing=true
}

compile() {
  nice -n 10 ninja -C "$work/build" -j "${JOBS:-$(nproc)}" "$1"
}

main
