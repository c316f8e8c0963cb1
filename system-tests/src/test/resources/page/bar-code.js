// Reads the synthetic emulator's bar code (org.macemu.webrtc.synthetic.BarCode) from a <video>, picture by picture, and
// so measures how old a picture is when it is on the screen. A classic script: it defines `globalThis.barCode` and
// nothing else, so that tests and benchmarks can put it into any page.
(() => {
  const BLOCK = 16;
  const COLUMNS = 20;
  const BLOCKS = 40;
  const WIDTH = COLUMNS * BLOCK;
  const HEIGHT = 2 * BLOCK;
  const SMALLEST_CONTRAST = 64;
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d', { willReadFrequently: true });

  /** Mean brightness of a block's inner 8 x 8 pixels. `pixels` is the RGBA of 320 x 32 pixels. */
  function blockMean(pixels, block) {
    const left = (block % COLUMNS) * BLOCK + BLOCK / 4;
    const top = Math.floor(block / COLUMNS) * BLOCK + BLOCK / 4;
    let sum = 0;
    for (let y = top; y < top + BLOCK / 2; y++) {
      for (let x = left; x < left + BLOCK / 2; x++) {
        const at = 4 * (y * WIDTH + x);
        sum += 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
      }
    }
    return sum / ((BLOCK / 2) * (BLOCK / 2));
  }

  function crc4(ticks) {
    let crc = 15;
    for (let bit = 31; bit >= 0; bit--) {
      const top = (crc >> 3) ^ ((ticks >>> bit) & 1);
      crc = (crc << 1) & 15;
      if (top) {
        crc ^= 3;
      }
    }
    return crc;
  }

  /** The ticks in 320 x 32 RGBA pixels, or null when there is no code that can be trusted. */
  function decode(pixels) {
    const means = Array.from({ length: BLOCKS }, (_, block) => blockMean(pixels, block));
    const white = (means[0] + means[39]) / 2;
    const black = (means[1] + means[38]) / 2;
    const threshold = (white + black) / 2;
    if (
      white - black < SMALLEST_CONTRAST ||
      Math.min(means[0], means[39]) <= threshold ||
      Math.max(means[1], means[38]) >= threshold
    ) {
      return null;
    }
    let ticks = 0;
    for (let block = 2; block < 34; block++) {
      ticks = ticks * 2 + (means[block] > threshold ? 1 : 0);
    }
    let crc = 0;
    for (let block = 34; block < 38; block++) {
      crc = crc * 2 + (means[block] > threshold ? 1 : 0);
    }
    return crc4(ticks) === crc ? ticks : null;
  }

  /**
   * The ticks in the present picture of a video.
   *
   * @param {HTMLVideoElement} video
   * @param {number} [macWidth] pixels the Mac's screen is wide, where the picture may have been scaled on its way
   */
  function read(video, macWidth = video.videoWidth) {
    const scale = video.videoWidth / macWidth;
    context.drawImage(video, 0, 0, WIDTH * scale, HEIGHT * scale, 0, 0, WIDTH, HEIGHT);
    return decode(context.getImageData(0, 0, WIDTH, HEIGHT).data);
  }

  /** Milliseconds from ticks to a time of this page's performance clock; negative when the time is before them. */
  function ageMs(ticks, time) {
    const then = (performance.timeOrigin + time) * 10;
    const age = (((then - ticks) % 2 ** 32) + 2 ** 32) % 2 ** 32;
    return (age > 2 ** 31 ? age - 2 ** 32 : age) / 10;
  }

  /**
   * Follows the pictures of a video. A picture whose code was seen before, a refinement of a still one, is not counted.
   *
   * @param {HTMLVideoElement} video
   * @param {{ count: number, timeoutMs: number, macWidth?: number }} wish
   * @returns {Promise<{ samples: Array<{ ticks: number, presentedMs: number, displayMs: number, seenMs: number,
   *   receivedMs: number|null, presentedFrames: number }>, unreadable: number, repeated: number }>}
   *   presentedMs: age when the browser handed the picture to its compositor; displayMs: age at the expected time of
   *   its display; seenMs: age when this script read it; receivedMs: age when its last packet had arrived
   */
  function collect(video, { count, timeoutMs, macWidth }) {
    return new Promise((resolve) => {
      const result = { samples: [], unreadable: 0, repeated: 0 };
      let last = null;
      let done = false;
      const finish = () => {
        done = true;
        clearTimeout(timer);
        resolve(result);
      };
      const timer = setTimeout(finish, timeoutMs);
      const onPicture = (now, { presentationTime, expectedDisplayTime, receiveTime, presentedFrames }) => {
        if (done) {
          return;
        }
        const ticks = read(video, macWidth);
        const seen = performance.now();
        if (ticks === null) {
          result.unreadable += 1;
        } else if (ticks === last) {
          result.repeated += 1;
        } else {
          last = ticks;
          result.samples.push({
            ticks,
            presentedMs: ageMs(ticks, presentationTime),
            displayMs: ageMs(ticks, expectedDisplayTime),
            seenMs: ageMs(ticks, seen),
            receivedMs: receiveTime === undefined ? null : ageMs(ticks, receiveTime),
            presentedFrames,
          });
        }
        if (result.samples.length >= count) {
          finish();
        } else {
          video.requestVideoFrameCallback(onPicture);
        }
      };
      video.requestVideoFrameCallback(onPicture);
    });
  }

  globalThis.barCode = Object.freeze({ decode, read, ageMs, collect });
})();
