"""Receives picture and sound once, with aiortc, and reports what was decoded as one line of JSON.

    python3 receive.py http://127.0.0.1:8099/whep 60
    python3 receive.py ws://127.0.0.1:8090/signaling 60

Debian: python3-aiortc, for ws python3-websockets.
"""

import asyncio
import json
import os
import sys

import numpy
from aiortc import RTCPeerConnection, RTCSessionDescription

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from offering import Offering  # noqa: E402


async def main(url, wanted):
    connection = RTCPeerConnection()
    connection.addTransceiver("video", direction="recvonly")
    connection.addTransceiver("audio", direction="recvonly")
    figures = {"pictures": 0, "sounds": 0, "width": 0, "height": 0, "loudness": 0.0, "contrast": 0.0}

    async def picture(track):
        while figures["pictures"] < wanted:
            frame = await track.recv()
            figures["pictures"] += 1
            figures["width"], figures["height"] = frame.width, frame.height
            figures["contrast"] = float(numpy.std(frame.to_ndarray(format="gray")))

    async def sound(track):
        while figures["sounds"] < wanted:
            frame = await track.recv()
            figures["sounds"] += 1
            figures["loudness"] = float(numpy.sqrt(numpy.mean(frame.to_ndarray().astype(float) ** 2)))

    tasks = []

    @connection.on("track")
    def on_track(track):
        tasks.append(asyncio.ensure_future(picture(track) if track.kind == "video" else sound(track)))

    await connection.setLocalDescription(await connection.createOffer())
    offering = Offering(url)
    answer = await asyncio.to_thread(offering.answer, connection.localDescription.sdp)
    await connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    try:
        await asyncio.wait_for(asyncio.gather(*tasks), 30)
    except asyncio.TimeoutError:
        pass
    figures["state"] = connection.connectionState
    print(json.dumps(figures), flush=True)
    await connection.close()
    offering.close()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
