// Measures how long a click takes until it is seen: from the browser's event to the presented picture in which a
// rectangle of the Mac's screen has another colour. A classic script: it defines `globalThis.clickProbe` and nothing else.
(() => {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  /** @type {{ red: boolean, pressedAt: number, sentAt?: number }|undefined} */
  let awaited;
  /** @type {Array<{ pressedAt: number, sentAt: number|undefined, receivedAt: number|undefined, presentedAt: number }>} */
  const samples = [];

  for (const [type, red] of [['pointerdown', true], ['pointerup', false]]) {
    addEventListener(
      type,
      () => {
        awaited = { red, pressedAt: performance.now() };
      },
      { capture: true },
    );
  }

  for (const { prototype } of [WebSocket, RTCDataChannel]) {
    const { send } = prototype;
    prototype.send = function (message) {
      send.call(this, message);
      if (awaited && awaited.sentAt === undefined && String(message).includes('"mouse_button"')) {
        awaited.sentAt = performance.now();
      }
    };
  }

  /** Milliseconds since 1970 of a time of this page's performance clock. */
  const epoch = (time) => (time === undefined ? undefined : performance.timeOrigin + time);

  /**
   * Follows the pictures of a video from now on.
   *
   * @param {HTMLVideoElement} video
   * @param {number} x of the middle of the rectangle, in Mac pixels
   * @param {number} y
   */
  function follow(video, x, y) {
    const onPicture = (now, { presentationTime, receiveTime }) => {
      if (awaited) {
        context.drawImage(video, x, y, 1, 1, 0, 0, 1, 1);
        const [, green] = context.getImageData(0, 0, 1, 1).data;
        if (green < 64 === awaited.red) {
          samples.push({
            pressedAt: epoch(awaited.pressedAt),
            sentAt: epoch(awaited.sentAt),
            receivedAt: epoch(receiveTime),
            presentedAt: epoch(presentationTime),
          });
          awaited = undefined;
        }
      }
      video.requestVideoFrameCallback(onPicture);
    };
    video.requestVideoFrameCallback(onPicture);
  }

  globalThis.clickProbe = Object.freeze({ follow, samples: () => samples, isPending: () => awaited !== undefined });
})();
