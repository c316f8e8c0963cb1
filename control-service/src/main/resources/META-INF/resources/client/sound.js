// @ts-check
/**
 * The Mac's sound. It has an <audio> element of its own, because in one stream with the picture the browser would delay
 * both until they agree. Browsers start sound only after a gesture: until then `blocked` is true.
 */
export class Sound {
  #element;
  #onChange;
  #blocked = false;
  /** @type {RTCRtpReceiver|undefined} */
  #receiver;
  /** @type {import('./preferences.js').Preferences['soundBuffer']} */
  #buffer = 'low';

  /**
   * @param {HTMLAudioElement} element
   * @param {() => void} onChange
   */
  constructor(element, onChange) {
    this.#element = element;
    this.#onChange = onChange;
    element.addEventListener('playing', () => this.#setBlocked(false));
    // Capture: the gesture counts wherever in the page it is made.
    for (const gesture of ['pointerup', 'keydown']) {
      document.addEventListener(gesture, () => this.unblock(), { capture: true, passive: true });
    }
  }

  /** Sound is there but the browser waits for a gesture. */
  get blocked() {
    return this.#blocked;
  }

  /** @param {{ volume: number, muted: boolean, soundBuffer: 'low'|'steady' }} preferences */
  configure({ volume, muted, soundBuffer }) {
    this.#element.volume = volume;
    this.#element.muted = muted;
    this.#buffer = soundBuffer;
    this.#applyBuffer();
  }

  /**
   * @param {MediaStreamTrack} track
   * @param {RTCRtpReceiver} receiver
   */
  play(track, receiver) {
    this.#receiver = receiver;
    this.#applyBuffer();
    this.#element.srcObject = new MediaStream([track]);
    this.#start();
  }

  unblock() {
    if (this.#blocked) {
      this.#start();
    }
  }

  #start() {
    this.#element.play().then(
      () => this.#setBlocked(false),
      (failure) => {
        // AbortError: another track took this one's place.
        if (failure.name === 'NotAllowedError') {
          this.#setBlocked(true);
        }
      },
    );
  }

  #applyBuffer() {
    if (this.#receiver && 'jitterBufferTarget' in this.#receiver) {
      this.#receiver.jitterBufferTarget = this.#buffer === 'steady' ? 250 : null;
    }
  }

  /** @param {boolean} blocked */
  #setBlocked(blocked) {
    if (blocked !== this.#blocked) {
      this.#blocked = blocked;
      this.#onChange();
    }
  }
}
