# The peer "janus": Debian's Janus gateway, its streaming plugin with event loops, fed with plain RTP. Sourced by
# bench/fanout. The process that sends the RTP is not measured.
# shellcheck shell=bash
peer_start() {
    local folder=$OUT/janus audio video
    rm -rf "$folder"
    mkdir -p "$folder"
    audio=$(free_port)
    video=$(free_port)
    cat >"$folder/janus.jcfg" <<CONFIG
general: {
    configs_folder = "$folder"
    plugins_folder = "/usr/lib/x86_64-linux-gnu/janus/plugins"
    transports_folder = "/usr/lib/x86_64-linux-gnu/janus/transports"
    events_folder = "/usr/lib/x86_64-linux-gnu/janus/events"
    loggers_folder = "/usr/lib/x86_64-linux-gnu/janus/loggers"
    admin_secret = "bench"
    debug_level = 3
    event_loops = 2
}
certificates: {}
media: { ipv6 = false }
nat: { ice_lite = true, full_trickle = false }
plugins: { disable = "libjanus_audiobridge.so,libjanus_echotest.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_videoroom.so,libjanus_voicemail.so,libjanus_duktape.so,libjanus_lua.so" }
transports: { disable = "libjanus_websockets.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_mqtt.so,libjanus_nanomsg.so" }
events: { broadcast = false }
CONFIG
    cat >"$folder/janus.transport.http.jcfg" <<CONFIG
general: { json = "compact", base_path = "/janus", http = true, port = $1, ip = "127.0.0.1", https = false }
admin: { admin_http = false }
CONFIG
    cat >"$folder/janus.plugin.streaming.jcfg" <<CONFIG
recording: {
    type = "rtp"
    id = 1
    description = "recording"
    audio = true
    audioport = $audio
    audiopt = 111
    audiocodec = "opus"
    video = true
    videoport = $video
    videopt = 96
    videocodec = "vp8"
    threads = 2
}
CONFIG
    janus -F "$folder" -C "$folder/janus.jcfg" >"$OUT/janus.log" 2>&1 &
    PEER_PID=$!
    started+=("$PEER_PID")
    PEER_URL=http://127.0.0.1:$1/janus
    # libnice gathers no loopback addresses: both sides use the machine's own.
    PEER_OPTIONS="-janus -all-interfaces"
    wait_for 10 "Janus (its words are in $OUT/janus.log)" curl -s "http://127.0.0.1:$1/janus/info"
    java_bench org.macemu.webrtc.media.lane.shared.RtpReplay "$2" "$audio" "$video" >"$OUT/rtp.log" 2>&1 &
    started+=($!)
}
