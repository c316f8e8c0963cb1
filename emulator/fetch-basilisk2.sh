#!/bin/bash
# Gets Debian's unmodified Basilisk II and prints the path of its binary.
#
# The package `basilisk2` is in Debian's section "contrib", which most machines have not switched on. This script
# leaves the system as it is: it copies the machine's own apt sources into a cache folder, adds "contrib" there,
# downloads the one package and unpacks it beside. A second call finds the binary and does nothing.
#
# usage: fetch-basilisk2.sh [--packages] [FOLDER]
#   FOLDER      where to keep it (default: $XDG_CACHE_HOME/macemu-webrtc, else ~/.cache/macemu-webrtc)
#   --packages  only print the Debian packages that the binary needs at run time
# exit status: 0 and the path on stdout; 1 and a sentence on stderr.
set -euo pipefail

RUNTIME_PACKAGES="libsdl2-2.0-0 libgtk2.0-0 libvdeplug2 libtinyxml2-9"

fail() {
    echo "fetch-basilisk2: $*" >&2
    exit 1
}

if [ "${1:-}" = "--packages" ]; then
    echo "$RUNTIME_PACKAGES"
    exit 0
fi
case "${1:-}" in
    -*) fail "unknown option '$1'; usage: fetch-basilisk2.sh [--packages] [FOLDER]" ;;
esac

cache=${1:-${XDG_CACHE_HOME:-${HOME:?fetch-basilisk2: HOME is not set; name a folder}/.cache}/macemu-webrtc}
mkdir -p "$cache" || fail "cannot create the cache folder $cache"
cache=$(cd "$cache" && pwd)
target=$cache/basilisk2
# The interpreter build: the JIT build needs memory below 4 GiB, which containers do not always grant.
binary=$target/usr/bin/BasiliskII-nojit

# Says which runtime libraries the loader misses; without them the binary would end with a loader error.
report_missing_libraries() {
    local missing
    missing=$(ldd "$binary" 2>/dev/null | awk '/not found/ { printf "%s ", $1 }')
    if [ -n "$missing" ]; then
        fail "Basilisk II lacks ${missing}- install: apt-get install $RUNTIME_PACKAGES"
    fi
}

if [ ! -x "$binary" ] && [ -x /usr/bin/BasiliskII-nojit ]; then
    binary=/usr/bin/BasiliskII-nojit
fi
if [ -x "$binary" ]; then
    report_missing_libraries
    echo "$binary"
    exit 0
fi

for tool in apt-get dpkg-deb flock; do
    command -v "$tool" >/dev/null || fail "$tool is missing: this needs a Debian system (or install Basilisk II" \
        "yourself and name it with MACEMU_EMULATOR)"
done

exec 9>"$cache/.lock"
flock 9
if [ ! -x "$binary" ]; then
    apt=$cache/apt
    rm -rf "$apt"
    mkdir -p "$apt/sources.d" "$apt/lists/partial" "$apt/archives/partial" "$apt/download"
    : > "$apt/sources.list"

    # Debian's own sources only, in both formats, with "contrib" as the single component.
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] || continue
        grep -Eq '^Components:.*main' "$file" || continue
        grep -Eq '^Suites:.*(-updates|-security)|/usr/share/keyrings/debian-archive' "$file" || continue
        sed -E 's/^Components:.*/Components: contrib/' "$file" > "$apt/sources.d/$(basename "$file")"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -e "$file" ] || continue
        { grep -E '^deb(-src)? ' "$file" || true; } | { grep -E '\bmain\b' || true; } \
            | sed -E 's/^(deb (\[[^]]*\] )?[^ ]+ [^ ]+) .*/\1 contrib/' >> "$apt/sources.list"
    done

    options=(-o "Dir::Etc::SourceList=$apt/sources.list" -o "Dir::Etc::SourceParts=$apt/sources.d"
        -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt" -o "Dir::Cache::Archives=$apt/archives"
        -o "APT::Get::List-Cleanup=false" -o "Acquire::Languages=none" -o "Acquire::Retries=3"
        -o "APT::Sandbox::User=$(id -un)")
    echo "fetch-basilisk2: reading Debian's package list (contrib)" >&2
    apt-get "${options[@]}" -q update > "$apt/log" 2>&1 \
        || fail "Debian's package list could not be read: $(grep -E '^[EW]:' "$apt/log" | head -1)"
    echo "fetch-basilisk2: downloading the package basilisk2" >&2
    (cd "$apt/download" && apt-get "${options[@]}" -q download basilisk2) > "$apt/log" 2>&1 \
        || fail "the package basilisk2 could not be had: $(grep -E '^[EW]:' "$apt/log" | head -1)"
    package=$(find "$apt/download" -name 'basilisk2_*.deb' | head -1)
    [ -n "$package" ] || fail "apt-get said it downloaded basilisk2, but left no file"

    rm -rf "$target.part"
    dpkg-deb -x "$package" "$target.part" || fail "$(basename "$package") could not be unpacked"
    [ -x "$target.part/usr/bin/BasiliskII-nojit" ] \
        || fail "$(basename "$package") holds no usr/bin/BasiliskII-nojit"
    dpkg-deb -f "$package" Version > "$target.part/VERSION"
    rm -rf "$target" "$apt"
    mv "$target.part" "$target"
fi
report_missing_libraries
echo "$binary"
