// The smallest WHEP player (draft-ietf-wish-whep): plays, restarts ICE, leaves. For tests; runs in any page.
globalThis.whepPlayer = (() => {
  let connection;
  let video;
  let session;
  let answer;
  let token;

  const lines = (sdp, name) => [...sdp.matchAll(new RegExp(`^a=${name}:(.*)\\r?$`, 'gm'))].map((found) => found[1].trim());
  const headers = (more) => ({ Authorization: `Bearer ${token}`, ...more });

  async function play(endpoint, bearer) {
    token = bearer;
    connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    const streams = new Set();
    video = document.createElement('video');
    video.muted = true;
    video.autoplay = true;
    connection.ontrack = (event) => {
      event.streams.forEach((stream) => streams.add(stream.id));
      video.srcObject = event.streams[0];
    };
    connection.addTransceiver('video', { direction: 'recvonly' });
    connection.addTransceiver('audio', { direction: 'recvonly' });
    await connection.setLocalDescription();
    const response = await fetch(endpoint, {
      method: 'POST', headers: headers({ 'Content-Type': 'application/sdp' }), body: connection.localDescription.sdp,
    });
    if (response.status !== 201) {
      return { status: response.status, body: await response.text() };
    }
    answer = await response.text();
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    const tag = response.headers.get('ETag');
    session = new URL(response.headers.get('Location'), endpoint).href;
    return { status: 201, tag, streams: [...streams], ufrag: lines(answer, 'ice-ufrag')[0] };
  }

  async function restart() {
    connection.restartIce();
    await connection.setLocalDescription();
    const offer = connection.localDescription.sdp;
    const fragment = `a=ice-ufrag:${lines(offer, 'ice-ufrag')[0]}\r\na=ice-pwd:${lines(offer, 'ice-pwd')[0]}\r\n`;
    const response = await fetch(session, {
      method: 'PATCH', body: fragment,
      headers: headers({ 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*' }),
    });
    const text = await response.text();
    if (response.status !== 200) {
      return { status: response.status, body: text };
    }
    const [ufrag] = lines(text, 'ice-ufrag');
    answer = answer.replaceAll(/^a=ice-ufrag:.*$/gm, `a=ice-ufrag:${ufrag}`)
      .replaceAll(/^a=ice-pwd:.*$/gm, `a=ice-pwd:${lines(text, 'ice-pwd')[0]}`);
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    return { status: 200, tag: response.headers.get('ETag'), ufrag };
  }

  async function stats() {
    const all = [...(await connection.getStats()).values()];
    const picture = all.find((entry) => entry.type === 'inbound-rtp' && entry.kind === 'video');
    const sound = all.find((entry) => entry.type === 'inbound-rtp' && entry.kind === 'audio');
    return {
      state: connection.connectionState, ice: connection.iceConnectionState, pictures: picture?.framesDecoded ?? 0,
      sound: sound?.totalSamplesReceived ?? 0, width: video.videoWidth, height: video.videoHeight,
      remote: all.filter((entry) => entry.type === 'remote-candidate').map((entry) => entry.usernameFragment),
    };
  }

  async function leave() {
    const response = await fetch(session, { method: 'DELETE', headers: headers({}) });
    return response.status;
  }

  return { play, restart, stats, leave };
})();
