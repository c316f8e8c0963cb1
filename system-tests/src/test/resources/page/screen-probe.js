// Reads pixels of the Mac's screen from a <video>. Coordinates are Mac pixels. A classic script: it defines
// `globalThis.screenProbe` and nothing else.
(() => {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });

  /** Draws the present picture at the size of the Mac's screen. */
  function draw(video, width, height) {
    canvas.width = width;
    canvas.height = height;
    context.drawImage(video, 0, 0, width, height);
  }

  /**
   * The mean colour of each rectangle.
   *
   * @param {HTMLVideoElement} video
   * @param {{ width: number, height: number }} mac
   * @param {Array<[number, number, number, number]>} rectangles left, top, width, height
   * @returns {number[][]} red, green, blue of each, 0 to 255
   */
  function colors(video, { width, height }, rectangles) {
    if (video.videoWidth === 0) {
      return [];
    }
    draw(video, width, height);
    return rectangles.map(([left, top, w, h]) => {
      const { data } = context.getImageData(left, top, w, h);
      const sum = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) {
        sum[0] += data[i];
        sum[1] += data[i + 1];
        sum[2] += data[i + 2];
      }
      return sum.map((s) => s / (w * h));
    });
  }

  /**
   * The whole picture in brightness, averaged over squares.
   *
   * @param {HTMLVideoElement} video
   * @param {{ width: number, height: number }} mac
   * @param {number} side of a square in Mac pixels
   * @returns {number[]} row by row, 0 to 255; squares that would reach over the edge are left out
   */
  function squares(video, { width, height }, side) {
    if (video.videoWidth === 0) {
      return [];
    }
    draw(video, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const result = [];
    for (let top = 0; top + side <= height; top += side) {
      for (let left = 0; left + side <= width; left += side) {
        let sum = 0;
        for (let y = top; y < top + side; y++) {
          for (let x = left; x < left + side; x++) {
            const at = 4 * (y * width + x);
            sum += 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
          }
        }
        result.push(sum / (side * side));
      }
    }
    return result;
  }

  globalThis.screenProbe = Object.freeze({ colors, squares });
})();
