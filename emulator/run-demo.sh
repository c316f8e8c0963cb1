#!/bin/bash
# Runs Basilisk II with the driver, the agent and the demo ROM in the foreground. Needs no display.
#
# usage: run-demo.sh [--screen WIDTHxHEIGHT] [--storage FOLDER] [--rom FILE] [--prefs FILE]
#   --screen   size of the Mac's screen at the start, 640x480 by default
#   --storage  folder with roms/ and images/ (default: BASILISK_ROMS and BASILISK_IMAGES, else ./storage)
#   --rom      another ROM than the demo
#   --prefs    preferences to keep; by default they are gone afterwards
#
# environment: MACEMU_VIDEO_SHM, MACEMU_AUDIO_SHM, MACEMU_CONTROL_SOCK as in include/ipc_protocol.h;
#   MACEMU_EMULATOR  path of a Basilisk II or SheepShaver to use instead of Debian's Basilisk II
#
# TERM and INT end the emulator, with grace. Exit status: 0 after that; 2 for a wrong option.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$here/build
screen=640x480
rom=$here/demo-rom/demo.rom
prefs=

fail() {
    echo "run-demo: $*" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case "$1" in
        --screen | --storage | --rom | --prefs)
            [ $# -ge 2 ] || fail "$1 needs a value"
            case "$1" in
                --screen) screen=$2 ;;
                --storage) export BASILISK_ROMS=$2/roms BASILISK_IMAGES=$2/images ;;
                --rom) rom=$(realpath -m "$2") ;;
                --prefs) prefs=$(realpath -m "$2") ;;
            esac
            shift 2
            ;;
        -h | --help)
            sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
            exit 0
            ;;
        *) fail "unknown option '$1' (try --help)" ;;
    esac
done
[[ $screen =~ ^([1-9][0-9]{2,3})x([1-9][0-9]{2,3})$ ]] || fail "--screen is '$screen', expected for example 640x480"
width=${BASH_REMATCH[1]} height=${BASH_REMATCH[2]}
[ -r "$rom" ] || fail "the ROM $rom cannot be read"

for built in libmacemu-sdl.so libmacemu-nogtk.so macemu-agent; do
    [ -e "$build/$built" ] || { make -s -C "$here" all && break; }
done

options=()
if [ -n "${MACEMU_EMULATOR:-}" ]; then
    emulator=$MACEMU_EMULATOR
else
    emulator=$("$here/fetch-basilisk2.sh")
    if [ -r "${emulator%/usr/bin/*}/VERSION" ]; then
        options=(--emulator-version "$(cat "${emulator%/usr/bin/*}/VERSION")")
    fi
fi

[ -z "$prefs" ] || options+=(--prefs "$prefs")
exec "$build/macemu-agent" --emulator "$emulator" "${options[@]}" \
    --set "rom=$rom" --set "screen=win/$width/$height" --set ignoresegv=false --set nocdrom=true
