// @ts-check
/**
 * When to try again. Doubling from 250 ms; while an interruption is young the pause stays at one second, so that a
 * restarted server has its viewers back within two; later it may grow to five.
 */

const FIRST_MS = 250;
const YOUNG_CAP_MS = 1000;
const CAP_MS = 5000;
const YOUNG_FOR_MS = 60_000;

/**
 * @param {number} attempt  0 for the first attempt after an interruption
 * @param {number} sinceMs  how long the interruption has lasted
 * @param {number} jitter   0 to 1: spreads many viewers of one server over 20 % of the pause
 * @returns {number} milliseconds
 */
export function pauseBefore(attempt, sinceMs, jitter) {
  const cap = sinceMs < YOUNG_FOR_MS ? YOUNG_CAP_MS : CAP_MS;
  const pause = Math.min(cap, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(pause * (0.8 + 0.2 * jitter));
}
