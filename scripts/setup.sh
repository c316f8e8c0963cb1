# Shared by the two commands, macemu-webrtc and run-tests: the JDK, Debian's packages, the build. Sourced, not run.
# shellcheck shell=bash

# The packages each task needs, as Debian names them.
readonly PACKAGES_BUILD="maven"
readonly PACKAGES_MEDIA="libvpx7 libopus0 libyuv0 libssl3 libpulse0 libx11-6 libxfixes3 libxrandr2 libxcomposite1 libdbus-1-3 hfsutils"
readonly PACKAGES_DEMO="gcc make pkg-config libsdl2-dev libjson-c-dev libsdl2-2.0-0 libgtk2.0-0 libvdeplug2 libtinyxml2-9"
readonly PACKAGES_GSTREAMER="python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-nice"
readonly PACKAGES_TEST="chromium gcc g++ libc6-dev gcc-m68k-linux-gnu libasan8 libubsan1 util-linux python3 python3-aiortc curl procps unzip nodejs npm chocolate-doom freedoom golang-go golang-github-pion-webrtc.v3-dev python3-websockets $PACKAGES_GSTREAMER coturn openssl firefox-esr"

step() { printf '  %s\n' "$*"; }
fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

java_major() {
    "$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1
}

# Sets and exports JAVA_HOME: the caller's own when it is new enough, else the newest JDK of the machine.
find_jdk() {
    local home major best="" best_major=24
    if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/javac" ] && [ "$(java_major "$JAVA_HOME")" -ge 25 ]; then
        export JAVA_HOME
        return
    fi
    for home in /usr/lib/jvm/* /opt/*jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/*; do
        [ -x "$home/bin/javac" ] || continue
        major=$(java_major "$home")
        if [ "${major:-0}" -gt "$best_major" ]; then
            best=$home
            best_major=$major
        fi
    done
    [ -n "$best" ] || fail \
        "No JDK 25 or newer was found (looked at JAVA_HOME=${JAVA_HOME:-} and under /usr/lib/jvm, /opt, ~/.sdkman, ~/.jdks)." \
        "Install one, for example Eclipse Temurin 25, and set JAVA_HOME to its folder."
    export JAVA_HOME=$best
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null)" = "ii " ]; }

# need_packages NAME...: installs what is missing as root; otherwise says how and stops.
need_packages() {
    local name missing=()
    if ! command -v dpkg-query >/dev/null; then
        step "This is no Debian system; expecting these to be installed: $*"
        return
    fi
    for name in "$@"; do
        case $name in
            maven) command -v mvn >/dev/null && continue ;;
            nodejs) command -v node >/dev/null && continue ;;
            npm) command -v npm >/dev/null && continue ;;
        esac
        installed "$name" || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        fail "These Debian packages are missing: ${missing[*]}" "Install them with:" "" \
            "  sudo apt-get update && sudo apt-get install --yes --no-install-recommends ${missing[*]}" ""
    fi
    step "installing Debian packages: ${missing[*]}"
    apt_get install --yes --no-install-recommends "${missing[@]}" ||
        { apt_get update && apt_get install --yes --no-install-recommends "${missing[@]}"; } ||
        fail "apt-get could not install ${missing[*]}; its words are above."
}

apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 "$@" >"$SETUP_LOG" 2>&1 || {
        tail -n 20 "$SETUP_LOG" >&2
        return 1
    }
}

SETUP_LOG=$(mktemp "${TMPDIR:-/tmp}/macemu-setup.XXXXXX.log")
