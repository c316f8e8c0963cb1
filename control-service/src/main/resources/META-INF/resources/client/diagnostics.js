// @ts-check
/** When things happened and what went wrong: for the statistics, for tests, and for whoever has to help. */

const HISTORY = 200;
const PROBLEMS = 50;

/** Names and times of what happened, by performance.now(). */
export class Marks {
  /** @type {Record<string, number>} */
  latest = {};
  /** @type {Array<{ name: string, time: number }>} */
  history = [];

  /** @param {string} name */
  mark(name) {
    const time = performance.now();
    this.latest[name] = time;
    this.history.push({ name, time });
    if (this.history.length > HISTORY) {
      this.history.shift();
    }
  }

  /**
   * @param {string} from
   * @param {string} to
   * @returns {number|null} milliseconds between the latest of both; null while one is missing or `to` is the older
   */
  between(from, to) {
    const span = (this.latest[to] ?? Number.NaN) - (this.latest[from] ?? Number.NaN);
    return span >= 0 ? span : null;
  }
}

export class Diagnostics {
  marks = new Marks();
  /** @type {string[]} newest last, each with its time in milliseconds */
  problems = [];

  /** @param {string} problem */
  note(problem) {
    this.problems.push(`${Math.round(performance.now())} ${problem}`);
    if (this.problems.length > PROBLEMS) {
      this.problems.shift();
    }
  }

  /**
   * Everything somebody who helps would ask for, as text. No addresses and nothing of the Mac's screen.
   *
   * @param {{ state: object, failure: object|undefined, layout: object|undefined,
   *   statistics: import('./stats.js').Statistics }} present
   */
  report({ state, failure, layout, statistics }) {
    const report = {
      time: new Date().toISOString(),
      browser: navigator.userAgent,
      page: { ratio: devicePixelRatio, width: innerWidth, height: innerHeight, layout: layout ?? null },
      state,
      failure: failure ?? null,
      marks: this.marks.history.map(({ name, time }) => `${Math.round(time)} ${name}`),
      problems: this.problems,
      statistics,
    };
    return JSON.stringify(report, null, 2);
  }
}
