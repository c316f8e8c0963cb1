"""Takes an offer to whoever streams and brings the answer back: by WHEP (http) or by the product's WebSocket (ws).

Both ways without trickle: the answer holds every candidate of the server, and a server with ICE-lite needs none of ours.
Where a token is asked for, WHEP_TOKEN holds it.
Debian, for ws: python3-websockets.
"""

import asyncio
import contextlib
import json
import os
import threading
import urllib.error
import urllib.parse
import urllib.request

SECONDS = 20


class Offering:
    """One viewer's signalling, kept open until close(): the product ends a viewer whose WebSocket is gone."""

    def __init__(self, url, lane=None):
        self.url = url
        self.lane = lane
        self._loop = None
        self._thread = None
        self._socket = None
        self._session = None

    def answer(self, offer):
        """Blocks until the answer is there; raises with the server's own words when there is none."""
        if self.url.startswith("http"):
            return self._post(offer)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self._run(self._exchange(offer))

    def _headers(self):
        token = os.environ.get("WHEP_TOKEN")
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _post(self, offer):
        request = urllib.request.Request(
            self.url, offer.encode(), {"Content-Type": "application/sdp"} | self._headers())
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:
                location = response.headers["Location"]
                self._session = urllib.parse.urljoin(self.url, location) if location else None
                return response.read().decode()
        except urllib.error.HTTPError as refused:
            raise RuntimeError(f"{refused.code}: {refused.read().decode()}") from refused

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(SECONDS)

    async def _exchange(self, offer):
        import websockets

        self._socket = await websockets.connect(self.url)
        while True:
            message = json.loads(await self._socket.recv())
            if message["type"] == "welcome":
                wish = {"type": "offer", "sdp": offer} | ({"lane": self.lane} if self.lane else {})
                await self._socket.send(json.dumps(wish))
            if message["type"] == "answer":
                self._loop.create_task(self._follow())
                return message["sdp"]
            if message["type"] == "error":
                raise RuntimeError(f"{message['code']}: {message['message']}")

    async def _follow(self):
        """Takes what else is said, so that the connection is never held up, and sends the heartbeat."""
        import websockets

        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._socket.recv(), 5)
                    continue
                await self._socket.send('{"type":"ping","time":1}')

    def close(self):
        if self._session:
            request = urllib.request.Request(self._session, headers=self._headers(), method="DELETE")
            with contextlib.suppress(urllib.error.URLError):
                urllib.request.urlopen(request, timeout=SECONDS).close()
        if self._socket:
            with contextlib.suppress(Exception):
                self._run(self._socket.close())
            self._loop.call_soon_threadsafe(self._loop.stop)
