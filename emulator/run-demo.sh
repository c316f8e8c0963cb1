#!/bin/bash
# Runs Basilisk II with the driver and the demo ROM in the foreground. Needs no display.
#
# usage: run-demo.sh [--screen WIDTHxHEIGHT] [--storage FOLDER] [--rom FILE]
#   --screen   size of the Mac's screen, 640x480 by default
#   --storage  folder with roms/ and images/ (default: BASILISK_ROMS and BASILISK_IMAGES, else ./storage)
#   --rom      another ROM than the demo
#
# environment: MACEMU_VIDEO_SHM, MACEMU_AUDIO_SHM, MACEMU_CONTROL_SOCK as in include/ipc_protocol.h;
#   MACEMU_EMULATOR  path of a Basilisk II to use instead of Debian's
#
# TERM and INT end the emulator. Exit status: the emulator's; 1 when it reported an error; 2 for a wrong option.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$here/build
screen=640x480
rom=$here/demo-rom/demo.rom

fail() {
    echo "run-demo: $*" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case "$1" in
        --screen | --storage | --rom)
            [ $# -ge 2 ] || fail "$1 needs a value"
            case "$1" in
                --screen) screen=$2 ;;
                --storage) export BASILISK_ROMS=$2/roms BASILISK_IMAGES=$2/images ;;
                --rom) rom=$2 ;;
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

[ -e "$build/libmacemu-sdl.so" ] && [ -e "$build/libmacemu-nogtk.so" ] || make -s -C "$here"
emulator=${MACEMU_EMULATOR:-$("$here/fetch-basilisk2.sh")}

home=$(mktemp -d "${TMPDIR:-/tmp}/macemu-demo.XXXXXX")
child=
trap 'rm -rf "$home"' EXIT
trap 'stopping=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true' TERM INT
stopping=

cat > "$home/prefs" <<PREFS
rom $rom
screen win/$width/$height
ramsize 16777216
frameskip 1
modelid 14
cpu 4
fpu true
nosound false
nocdrom true
nogui true
jit false
ignoresegv false
idlewait true
PREFS

while :; do
    env HOME="$home" SDL_VIDEODRIVER=dummy SDL_AUDIODRIVER=dummy \
        LD_PRELOAD="$build/libmacemu-sdl.so:$build/libmacemu-nogtk.so${LD_PRELOAD:+:$LD_PRELOAD}" \
        "$emulator" --config "$home/prefs" > >(tee "$home/log") 2>&1 &
    child=$!
    status=0
    wait "$child" || status=$?
    while kill -0 "$child" 2>/dev/null; do # a signal ended wait, not the emulator
        status=0
        wait "$child" || status=$?
    done
    child=
    [ -z "$stopping" ] || exit 0
    if [ "$status" -eq 75 ]; then
        echo "run-demo: restarting" >&2
        continue
    fi
    if [ "$status" -eq 0 ] && grep -q '^ERROR:' "$home/log"; then
        echo "run-demo: the emulator failed: $(grep '^ERROR:' "$home/log" | head -1)" >&2
        exit 1
    fi
    exit "$status"
done
