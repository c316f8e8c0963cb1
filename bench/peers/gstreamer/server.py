"""A peer for bench/fanout: sends plain RTP that arrives on two ports to everyone who posts an offer to /whep, with
GStreamer's webrtcbin as its users do it: a tee for each of picture and sound, and a queue and a webrtcbin per viewer.

    python3 server.py VIDEO_PORT AUDIO_PORT HTTP_PORT

packages: python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good
gstreamer1.0-plugins-bad gstreamer1.0-nice
"""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

SECONDS = 20
# The payload types are those of the offers that Pion makes; the SSRCs, RtpReplay's, are announced in the answer.
CAPS = {
    "picture": "application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96,ssrc=(uint)2",
    "sound": "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111,"
             "ssrc=(uint)1",
}


def source(name, port):
    # buffer-size: a key frame's packets arrive at once.
    return (f"udpsrc port={port} address=127.0.0.1 buffer-size=2000000 caps=\"{CAPS[name]}\" "
            f"! tee name={name} allow-not-linked=true")


class Viewer:
    """One webrtcbin. Made on the main loop's thread; answer() is awaited by the thread of the request."""

    def __init__(self, pipeline, offer):
        self.done = threading.Event()
        self.sdp = None
        self.webrtc = Gst.ElementFactory.make("webrtcbin")
        self.webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.webrtc.connect("notify::ice-gathering-state", self.on_gathering)
        pipeline.add(self.webrtc)
        # Before anything is linked: one branch that is not ready yet would end the source for all.
        self.webrtc.sync_state_with_parent()
        for index, name in enumerate(CAPS):
            queue = Gst.ElementFactory.make("queue")
            # webrtcbin takes nothing before DTLS is done: a queue that waited would hold up every viewer's.
            queue.set_property("leaky", 2)
            pipeline.add(queue)
            pad = self.webrtc.request_pad_simple(f"sink_{index}")
            transceiver = pad.get_property("transceiver")
            transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
            transceiver.set_property("codec-preferences", Gst.Caps.from_string(CAPS[name]))
            transceiver.set_property("do-nack", name == "picture")
            queue.get_static_pad("src").link(pad)
            queue.sync_state_with_parent()
            pipeline.get_by_name(name).request_pad_simple("src_%u").link(queue.get_static_pad("sink"))
        _, sdp = GstSdp.SDPMessage.new_from_text(offer)
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.OFFER, sdp)
        self.webrtc.emit("set-remote-description", description, Gst.Promise.new_with_change_func(self.on_offer))

    def on_offer(self, _):
        self.webrtc.emit("create-answer", None, Gst.Promise.new_with_change_func(self.on_answer))

    def on_answer(self, promise):
        reply = promise.get_reply()  # owns the answer
        answer = reply.get_value("answer") if reply else None
        if answer is None:
            self.done.set()
            return
        self.webrtc.emit("set-local-description", answer, Gst.Promise.new())

    def on_gathering(self, webrtc, _):
        if webrtc.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            self.sdp = webrtc.get_property("local-description").sdp.as_text()
            self.done.set()

    def answer(self):
        return self.sdp if self.done.wait(SECONDS) else None


class Whep(BaseHTTPRequestHandler):
    pipeline = None

    def do_POST(self):  # noqa: N802, the name is the library's
        offer = self.rfile.read(int(self.headers["Content-Length"])).decode()
        made = []
        ready = threading.Event()

        def make():
            made.append(Viewer(self.pipeline, offer))
            ready.set()

        GLib.idle_add(make)
        answer = made[0].answer() if ready.wait(SECONDS) else None
        self.send_response(201 if answer else 503)
        self.end_headers()
        self.wfile.write((answer or "webrtcbin gave no answer").encode())

    def log_message(self, *_):
        pass


def main():
    video_port, audio_port, http_port = sys.argv[1:]
    Gst.init(None)
    if Gst.ElementFactory.find("webrtcbin") is None:
        sys.exit("webrtcbin is missing: apt-get install gstreamer1.0-plugins-bad gstreamer1.0-nice")
    Whep.pipeline = Gst.parse_launch(source("picture", video_port) + " " + source("sound", audio_port))
    loop = GLib.MainLoop()

    def failed(_, message):
        error, detail = message.parse_error()
        print(f"{error.message}: {detail}", file=sys.stderr, flush=True)
        loop.quit()

    bus = Whep.pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message::error", failed)
    Whep.pipeline.set_state(Gst.State.PLAYING)
    ThreadingHTTPServer.request_queue_size = 128
    server = ThreadingHTTPServer(("127.0.0.1", int(http_port)), Whep)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    loop.run()


main()
