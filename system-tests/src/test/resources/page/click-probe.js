// Measures how long a click takes until it is seen: from the browser's event to the presented picture in which a
// rectangle of the Mac's screen has another colour. A classic script: it defines `globalThis.clickProbe` and nothing else.
(() => {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  /** @type {{ red: boolean, pressedAt: number }|undefined} */
  let awaited;
  /** @type {Array<{ pressedAt: number, receivedAt: number|undefined, presentedAt: number }>} */
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

  /** Milliseconds since 1970 of a time of this page's performance clock. */
  const epoch = (time) => performance.timeOrigin + time;

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
        if (green < 128 === awaited.red) {
          samples.push({
            pressedAt: epoch(awaited.pressedAt),
            receivedAt: receiveTime === undefined ? undefined : epoch(receiveTime),
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
