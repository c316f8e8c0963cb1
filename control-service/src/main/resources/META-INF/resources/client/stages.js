// @ts-check
/**
 * The way to the first picture, stage by stage, and the one word that sums the page up. Pure state: overlay.js shows
 * it, connection.js feeds it.
 *
 *     page -> service -> emulator -> ice -> dtls -> picture
 *
 * page      the page itself is loaded
 * service   the signalling service has said welcome
 * emulator  an emulator is connected to the media-service
 * ice       a network path to the media-service is found
 * dtls      the path is encrypted
 * picture   the first frame is on the screen
 *
 * @typedef {'page'|'service'|'emulator'|'ice'|'dtls'|'picture'} Stage
 * @typedef {'waiting'|'active'|'done'|'failed'} StageStatus
 * @typedef {'connecting'|'playing'|'reconnecting'|'off'|'failed'|'ended'} Condition
 *   connecting    on the way, nothing has been seen yet
 *   playing       the picture is live
 *   reconnecting  a picture was there, the connection is not
 *   off           connected, but there is no emulator
 *   failed        a stage failed; the page may still be trying
 *   ended         the service has said goodbye, or a failure is final
 */

/** @type {ReadonlyArray<Stage>} */
export const STAGES = Object.freeze(['page', 'service', 'emulator', 'ice', 'dtls', 'picture']);

export class ConnectionStages {
  /** @type {Map<Stage, StageStatus>} */
  #status = new Map();
  /** @type {{ stage: Stage, reason: string, detail?: string }|undefined} */
  #failure;
  /** @type {{ stage: Stage, reason: string, detail?: string }|undefined} */
  #held;
  #seenPicture = false;
  #ended = false;
  #onChange;

  /** @param {() => void} [onChange] */
  constructor(onChange = () => {}) {
    this.#onChange = onChange;
    this.#clear();
  }

  /** @param {() => void} onChange hears of everything from now on */
  listen(onChange) {
    this.#onChange = onChange;
  }

  /** Whether a picture was on the screen at any time. */
  get seenPicture() {
    return this.#seenPicture;
  }

  /** @param {Stage} stage */
  status(stage) {
    return /** @type {StageStatus} */ (this.#status.get(stage));
  }

  /** The failed stage with the key of its reason, or undefined. */
  get failure() {
    return this.#failure;
  }

  /** The stage that takes its time, with the key of the reason; undefined once it is done, or has failed. */
  get held() {
    return this.#held;
  }

  /** The stage that is being worked on: the first that is not done; undefined when all are. */
  get current() {
    return STAGES.find((stage) => this.status(stage) !== 'done');
  }

  /** @returns {Condition} */
  get condition() {
    if (this.#ended) {
      return 'ended';
    }
    if (this.#failure && !this.#seenPicture) {
      return 'failed';
    }
    const current = this.current;
    if (current === undefined) {
      return 'playing';
    }
    const connected = this.status('dtls') === 'done';
    if (this.status('service') === 'done' && this.status('emulator') === 'failed' && (connected || this.#seenPicture)) {
      return 'off';
    }
    return this.#seenPicture ? 'reconnecting' : 'connecting';
  }

  /** One word for tests and styles: the current stage while connecting, the condition otherwise. */
  get word() {
    const condition = this.condition;
    return condition === 'connecting' ? (this.current ?? 'playing') : condition;
  }

  /** @param {Stage} stage */
  done(stage) {
    this.#status.set(stage, 'done');
    if (this.#held?.stage === stage) {
      this.#held = undefined;
    }
    if (this.#failure?.stage === stage) {
      this.#failure = undefined;
    }
    if (stage === 'picture') {
      this.#seenPicture = true;
      this.#failure = undefined;
    }
    this.#activate();
  }

  /** The emulator has gone, or is not there yet. Not a failure of the connection: the rest goes on. */
  emulatorAbsent() {
    this.#status.set('emulator', 'failed');
    this.#activate();
  }

  /**
   * @param {Stage} stage
   * @param {string} reason   key of the reason and advice in the translations
   * @param {string} [detail] in the service's own words
   */
  fail(stage, reason, detail) {
    this.#status.set(stage, 'failed');
    this.#held = undefined;
    this.#failure = { stage, reason, detail };
    this.#activate();
  }

  /**
   * The stage goes on, but will take a while.
   *
   * @param {Stage} stage
   * @param {string} reason   key of the reason and advice in the translations
   * @param {string} [detail] in the service's own words
   */
  hold(stage, reason, detail) {
    this.#held = { stage, reason, detail };
    if (this.#failure?.stage === stage) {
      this.#failure = undefined;
    }
    this.#status.set(stage, 'active');
    this.#activate();
  }

  /** Starts again from the service, keeping the word of the last failure until something succeeds. */
  again() {
    this.#ended = false;
    this.#clear();
    this.#activate();
  }

  end() {
    this.#ended = true;
    this.#onChange();
  }

  /** An absent emulator does not keep the later stages from going on. */
  #isSkipped(/** @type {Stage} */ stage) {
    return stage === 'emulator' && this.status(stage) === 'failed' && this.#failure?.stage !== 'emulator';
  }

  #clear() {
    for (const stage of STAGES) {
      this.#status.set(stage, stage === 'page' ? 'done' : 'waiting');
    }
    if (this.#failure) {
      this.#status.set(this.#failure.stage, 'failed');
    }
  }

  #activate() {
    const unfinished = STAGES.find((stage) => this.status(stage) !== 'done' && !this.#isSkipped(stage));
    // Nothing after a failed stage can be under way.
    const next = unfinished && this.status(unfinished) !== 'failed' ? unfinished : undefined;
    for (const stage of STAGES) {
      if (this.status(stage) === 'active' && stage !== next) {
        this.#status.set(stage, 'waiting');
      }
    }
    if (next) {
      this.#status.set(next, 'active');
    }
    this.#onChange();
  }
}
