# The peer "gstreamer": bench/peers/gstreamer/server.py, a webrtcbin per viewer, fed with plain RTP. Sourced by
# bench/fanout. The process that sends the RTP is not measured.
# shellcheck shell=bash
peer_start() {
    local audio video
    audio=$(free_port)
    video=$(free_port)
    # Debian's own interpreter, whatever else is in the path: it has the package python3-gi.
    /usr/bin/python3 "$BENCH/peers/gstreamer/server.py" "$video" "$audio" "$1" >"$OUT/gstreamer.log" 2>&1 &
    PEER_PID=$!
    started+=("$PEER_PID")
    PEER_URL=http://127.0.0.1:$1/whep
    # libnice gathers no loopback addresses: both sides use the machine's own.
    PEER_OPTIONS=-all-interfaces
    wait_for 10 "GStreamer (its words are in $OUT/gstreamer.log)" grep -q ready "$OUT/gstreamer.log"
    java_bench org.macemu.webrtc.media.lane.shared.RtpReplay "$2" "$audio" "$video" >"$OUT/rtp.log" 2>&1 &
    started+=($!)
}
