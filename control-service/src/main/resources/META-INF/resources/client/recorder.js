// @ts-check
/** Records picture and sound of the present connection in the browser. A new connection ends a recording. */

const SLICE_MS = 1000;

export class Recorder {
  /** @type {MediaRecorder|undefined} */
  #recorder;
  #onChange;
  #onFinished;

  /** @param {{ onChange: () => void, onFinished: (recording: Blob) => void }} events */
  constructor({ onChange, onFinished }) {
    this.#onChange = onChange;
    this.#onFinished = onFinished;
  }

  get supported() {
    return typeof MediaRecorder !== 'undefined';
  }

  get active() {
    return this.#recorder !== undefined;
  }

  /**
   * @param {MediaStreamTrack[]} tracks
   * @throws {DOMException} when the browser cannot record them
   */
  start(tracks) {
    const recorder = new MediaRecorder(new MediaStream(tracks), { videoBitsPerSecond: 6_000_000 });
    /** @type {Blob[]} */
    const slices = [];
    recorder.addEventListener('dataavailable', ({ data }) => slices.push(data));
    recorder.addEventListener('stop', () => {
      this.#recorder = undefined;
      this.#onChange();
      if (slices.length > 0) {
        this.#onFinished(new Blob(slices, { type: recorder.mimeType }));
      }
    });
    recorder.start(SLICE_MS);
    this.#recorder = recorder;
    this.#onChange();
  }

  stop() {
    if (this.#recorder?.state === 'recording') {
      this.#recorder.stop();
    }
  }
}
