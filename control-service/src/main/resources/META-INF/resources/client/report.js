// @ts-check
import { save, stamp } from './capture.js';
import * as control from './control.js';
import { publish } from './hooks.js';
import { t } from './i18n.js';
import { toast } from './panels.js';
import { connection, diagnostics, screen, stages } from './start.js';
import { StatisticsReader } from './stats.js';

/** What the page says of itself: in the statistics, to tests and the curious, and to whoever has to help. */
export class Report {
  #input;
  #sound;

  /**
   * @param {import('./input.js').Input} input
   * @param {import('./sound.js').Sound} sound
   */
  constructor(input, sound) {
    this.#input = input;
    this.#sound = sound;
  }

  /** As `window.macemu`. */
  publish() {
    publish({
      stage: () => stages.word,
      stats: statisticsReader(),
      mark: (name) => diagnostics.marks.mark(name),
      marks: diagnostics.marks.latest,
      history: diagnostics.marks.history,
      state: () => this.#state(),
    });
  }

  /** Onto the clipboard. */
  async copy() {
    const report = diagnostics.report({
      state: this.#state(),
      failure: stages.failure,
      layout: screen.layout,
      statistics: await statisticsReader()(),
    });
    try {
      await navigator.clipboard.writeText(report);
      toast(t('statistics.copied'));
    } catch {
      // No clipboard without a secure origin: the visitor gets a file instead.
      save(new Blob([report], { type: 'application/json' }), `diagnostics-${stamp()}.json`);
    }
  }

  #state() {
    const { peer, session, interruption, state: mac } = connection;
    const { route, held } = this.#input;
    return {
      phase: session.phase,
      stage: stages.word,
      peer: peer?.state ?? null,
      lane: peer?.lane ?? null,
      candidates: peer?.candidates ?? null,
      emulator: mac?.emulator ?? null,
      emulatorName: mac?.emulatorName ?? null,
      input: route.allowed,
      inputSent: route.sent,
      held: [...held.names],
      width: screen.size.width,
      height: screen.size.height,
      viewers: mac?.viewers ?? 0,
      viewer: connection.viewer ?? null,
      controller: mac?.controller ?? null,
      role: mac?.role ?? null,
      interruption: interruption ?? null,
      soundBlocked: this.#sound.blocked,
    };
  }
}

/** What the panel of statistics shows beside what it reads. */
export function statisticsContext() {
  return {
    macFps: connection.state?.fps ?? 0,
    delay: connection.peer ? serverDelay() : Promise.resolve(undefined),
    joinedMs: diagnostics.marks.between('opened', 'firstFrame'),
  };
}

/** What the server says of its own part of the delay; undefined where it does not. */
async function serverDelay() {
  try {
    return (await control.status()).delay;
  } catch {
    return undefined;
  }
}

/** A reader of statistics with a point of comparison of its own. */
export function statisticsReader() {
  const reader = new StatisticsReader(() => connection.peer);
  return () => reader.read();
}
