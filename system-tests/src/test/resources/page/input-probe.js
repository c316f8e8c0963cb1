// Sends the same input by the two ways there are, the signalling WebSocket and the data channels of a connection of its
// own that has nothing else, and notes when. A classic script: it defines `globalThis.inputProbe` and nothing else.
(() => {
  const WAYS = ['websocket', 'datachannel'];
  /** Key codes of the two ways: a key that is down already would not be passed on. */
  const FIRST_CODE = { websocket: 65, datachannel: 78 };
  const CODES = 13;

  let connection;
  let socket;
  let input;
  let pointer;

  /**
   * Connects to a signalling WebSocket, and then by WebRTC, anew. Resolves when both ways are open and this viewer holds
   * the controls.
   */
  async function open(url) {
    socket?.close();
    connection?.close();
    connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    // As the page makes them: what must arrive, and positions that the next one makes good.
    input = connection.createDataChannel('input', { ordered: true });
    pointer = connection.createDataChannel('pointer', { ordered: false, maxRetransmits: 0 });
    socket = new WebSocket(url);
    const early = [];
    const take = {
      async welcome() {
        socket.send('{"type":"control","action":"take"}');
        const offer = await connection.createOffer();
        socket.send(JSON.stringify({ type: 'offer', lane: 'adaptive', sdp: offer.sdp }));
        await connection.setLocalDescription(offer);
      },
      async answer({ sdp }) {
        await connection.setRemoteDescription({ type: 'answer', sdp });
        await Promise.all(early.splice(0).map((candidate) => connection.addIceCandidate(candidate)));
      },
      async candidate(candidate) {
        if (connection.remoteDescription) {
          await connection.addIceCandidate(candidate);
        } else {
          early.push(candidate);
        }
      },
      error({ code, message }) {
        throw new Error(`${code}: ${message}`);
      },
    };
    await new Promise((resolve, reject) => {
      socket.addEventListener('message', ({ data }) => {
        const message = JSON.parse(data);
        Promise.resolve(message).then(take[message.type]).catch(reject);
      });
      socket.addEventListener('close', ({ code }) => reject(new Error(`the WebSocket closed with ${code}`)));
      const opened = () => input.readyState === 'open' && pointer.readyState === 'open' && resolve();
      input.addEventListener('open', opened);
      pointer.addEventListener('open', opened);
    });
  }

  /** Where the kind of event goes on a way. */
  function send(way, message, lossy) {
    if (way === 'websocket') {
      socket.send(message);
    } else {
      (lossy ? pointer : input).send(message);
    }
  }

  /**
   * Moves the pointer so many times a second, 0: never, and types four keys a second.
   *
   * @param {number} seconds
   * @param {number} movesPerSecond
   * @returns {Promise<Record<string, { moves: number[], keys: number[] }>>} by way, the times of the events in the
   *   milliseconds of performance.now(); a move's x is its place in the list
   */
  async function run(seconds, movesPerSecond) {
    const sent = Object.fromEntries(WAYS.map((way) => [way, { moves: [], keys: [] }]));
    let turn = 0;
    // Neither way is always the first of the two.
    const both = (each) => (turn++ % 2 === 0 ? WAYS : [...WAYS].reverse()).forEach(each);
    const move = () => both((way) => {
      const { moves } = sent[way];
      moves.push(performance.now());
      send(way, `{"type":"mouse_move","x":${moves.length - 1},"y":${WAYS.indexOf(way)}}`, true);
    });
    const key = (number, pressed) => both((way) => {
      sent[way].keys.push(performance.now());
      send(way, JSON.stringify({ type: 'key', code: FIRST_CODE[way] + number % CODES, pressed, ctrl: false,
        alt: false, shift: false, meta: false, location: 0 }), false);
    });
    const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
    const moving = movesPerSecond > 0 ? setInterval(move, 1000 / movesPerSecond) : 0;
    const end = performance.now() + seconds * 1000;
    // Uneven, as hands are, and the same every time.
    let seed = 1;
    const between = (least, most) => {
      seed = seed * 16807 % 2147483647;
      return least + (most - least) * seed / 2147483647;
    };
    for (let number = 0; performance.now() < end; number++) {
      key(number, true);
      await pause(between(60, 110));
      key(number, false);
      await pause(between(100, 230));
    }
    clearInterval(moving);
    return sent;
  }

  globalThis.inputProbe = Object.freeze({ open, run });
})();
