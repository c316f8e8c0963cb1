"""Receives picture and sound once, with GStreamer's webrtcbin, and reports what was decoded as one line of JSON.

    python3 receive.py http://127.0.0.1:8099/whep 60
    python3 receive.py ws://127.0.0.1:8090/signaling 60

It ends after so many pictures and packets of sound, or after 30 s; a third argument is another number of seconds. packages: python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good
gstreamer1.0-plugins-bad gstreamer1.0-nice, for ws python3-websockets.
"""

import array
import json
import math
import os
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from offering import Offering  # noqa: E402

DECODERS = {
    "VP8": "rtpvp8depay ! vp8dec ! videoconvert ! appsink name=sink sync=false caps=video/x-raw,format=GRAY8",
    "OPUS": "rtpopusdepay ! opusdec ! audioconvert ! appsink name=sink sync=false caps=audio/x-raw,format=S16LE",
}
RECEIVED = {
    "video": "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000",
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000",
}


class Receiver:
    """Owns the pipeline; GStreamer's threads call back, the main loop ends it."""

    def __init__(self, url, wanted, seconds):
        self.wanted = wanted
        self.offering = Offering(url)
        self.figures = {"pictures": 0, "sounds": 0, "width": 0, "height": 0, "loudness": 0.0, "contrast": 0.0}
        self.loop = GLib.MainLoop()
        self.pipeline = Gst.Pipeline.new()
        self.webrtc = Gst.ElementFactory.make("webrtcbin")
        if self.webrtc is None:
            sys.exit("webrtcbin is missing: apt-get install gstreamer1.0-plugins-bad gstreamer1.0-nice")
        self.webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipeline.add(self.webrtc)
        for caps in RECEIVED.values():
            self.webrtc.emit(
                "add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, Gst.Caps.from_string(caps))
        self.webrtc.connect("pad-added", self.on_pad)
        self.webrtc.connect("on-negotiation-needed", self.on_negotiation_needed)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", self.on_error)
        GLib.timeout_add_seconds(seconds, self.loop.quit)

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.loop.run()
        state = self.webrtc.get_property("connection-state")
        self.figures["state"] = state.value_nick
        self.pipeline.set_state(Gst.State.NULL)
        self.offering.close()
        print(json.dumps(self.figures), flush=True)

    def on_negotiation_needed(self, webrtc):
        webrtc.emit("create-offer", None, Gst.Promise.new_with_change_func(self.on_offer))

    def on_offer(self, promise):
        reply = promise.get_reply()  # owns the offer
        offer = reply.get_value("offer")
        self.webrtc.emit("set-local-description", offer, Gst.Promise.new())
        # Signalling waits for the server, which webrtcbin's own thread must not.
        threading.Thread(target=self.negotiate, args=(offer.sdp.as_text(),), daemon=True).start()

    def negotiate(self, offer):
        try:
            text = self.offering.answer(offer)
        except Exception as error:  # whatever it is ends the program, in words
            self.fail(f"no answer: {error}")
            return
        _, sdp = GstSdp.SDPMessage.new_from_text(text)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
        self.webrtc.emit("set-remote-description", answer, Gst.Promise.new())

    def on_pad(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        encoding = pad.get_current_caps().get_structure(0).get_string("encoding-name")
        decoder = Gst.parse_bin_from_description(DECODERS[encoding], True)
        sink = decoder.get_by_name("sink")
        sink.set_property("emit-signals", True)
        sink.connect("new-sample", self.on_picture if encoding == "VP8" else self.on_sound)
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def on_picture(self, sink):
        sample = sink.emit("pull-sample")
        shape = sample.get_caps().get_structure(0)
        self.figures["width"], self.figures["height"] = shape.get_value("width"), shape.get_value("height")
        data = sample.get_buffer()
        grey = data.extract_dup(0, data.get_size())[::97]
        mean = sum(grey) / len(grey)
        self.figures["contrast"] = math.sqrt(sum((g - mean) ** 2 for g in grey) / len(grey))
        return self.count("pictures")

    def on_sound(self, sink):
        data = sink.emit("pull-sample").get_buffer()
        samples = array.array("h", data.extract_dup(0, data.get_size()))
        self.figures["loudness"] = math.sqrt(sum(s * s for s in samples) / max(1, len(samples)))
        return self.count("sounds")

    def count(self, what):
        self.figures[what] += 1
        if min(self.figures["pictures"], self.figures["sounds"]) >= self.wanted:
            GLib.idle_add(self.loop.quit)
        return Gst.FlowReturn.OK

    def on_error(self, _, message):
        error, detail = message.parse_error()
        self.fail(f"{error.message}: {detail}")

    def fail(self, words):
        print(words, file=sys.stderr, flush=True)
        GLib.idle_add(self.loop.quit)


if __name__ == "__main__":
    Gst.init(None)
    Receiver(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 30).run()
