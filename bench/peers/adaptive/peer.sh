# The peer "adaptive": this product's other lane, a libwebrtc connection with an encoder for each viewer. It takes no
# encoded frames; it is given the pictures and the tone that the recording was made of. Sourced by bench/fanout.
# shellcheck shell=bash
peer_start() {
    java_bench org.macemu.webrtc.media.lane.shared.AdaptiveServer "$1" "$kilobits" "$viewers" \
        >"$OUT/adaptive.log" 2>&1 &
    PEER_PID=$!
    started+=("$PEER_PID")
    PEER_URL=http://127.0.0.1:$1/whep
    # libwebrtc leaves the loopback interface out where there is another one.
    PEER_OPTIONS=-all-interfaces
    wait_for 30 "The adaptive lane (its words are in $OUT/adaptive.log)" grep -q ready "$OUT/adaptive.log"
}
