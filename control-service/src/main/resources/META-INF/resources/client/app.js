// @ts-check
import { Board } from './board.js';
import { play } from './chords.js';
import * as control from './control.js';
import { byId } from './dom.js';
import { FullScreen } from './full-screen.js';
import { Marks } from './hooks.js';
import { pickLanguage, t, translate } from './i18n.js';
import { InputRoute } from './input-route.js';
import { HeldKeys, Keyboard } from './keyboard.js';
import { modifierOf } from './keymap.js';
import { Overlay } from './overlay.js';
import { arrangePanels, bindPreferences, confirm, toast, toastFailure } from './panels.js';
import { Peer } from './peer.js';
import { Pointer } from './pointer.js';
import { PreferenceStore } from './preferences.js';
import { Recorder } from './recorder.js';
import { Screen } from './screen.js';
import { Session } from './session.js';
import { Settings } from './settings.js';
import { Sound } from './sound.js';
import { ConnectionStages } from './stages.js';
import { StatisticsReader } from './stats.js';
import { StatisticsPanel } from './statistics-panel.js';
import { TextEntry } from './text-entry.js';
import { Toolbar } from './toolbar.js';
import { Touch } from './touch.js';
import { Typist } from './typing.js';

/**
 * Wires the page together. Everything made here lives as long as the page, so every listener is registered once; the
 * only thing that comes and goes is the Peer, one for each `welcome`.
 */

/** A connection that is interrupted for longer than this is made again instead of waited for. */
const INTERRUPTION_MS = 1200;
const ICE_SLOW_MS = 8000;
const PICTURE_MISSING_MS = 6000;
/** Pause before another try after ICE or DTLS failed, doubled up to the second figure. */
const PEER_RETRY_MS = Object.freeze([500, 10_000]);

const query = new URLSearchParams(location.search);
const marks = new Marks();
const preferences = new PreferenceStore(storageOf(window));
/** @type {string[]} what went wrong, newest last, for the diagnostics */
const problems = [];

/** @type {Peer|undefined} */
let peer;
/** @type {import('./messages.js').State|undefined} */
let macState;
/** @type {import('./session.js').Interruption|undefined} */
let interruption;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let peerTimer;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let hintTimer;
let peerFailures = 0;
let hadPicture = false;
/** @type {control.ConnectionInfo|undefined} */
let connection;

const stages = new ConnectionStages(render);
const surface = byId('surface', HTMLElement);
const systemKeyboard = byId('system-keyboard', HTMLTextAreaElement);
const screen = new Screen(
  {
    video: byId('video', HTMLVideoElement),
    still: byId('still', HTMLCanvasElement),
    frame: byId('frame', HTMLElement),
    room: byId('room', HTMLElement),
  },
  { onFirstFrame: firstFrame },
);
const sound = new Sound(byId('audio', HTMLAudioElement), showSound);
const session = new Session(
  {
    openSocket: (url) => new WebSocket(url),
    findUrl,
    setTimer: (run, ms) => setTimeout(run, ms),
    clearTimer: (timer) => clearTimeout(timer),
    now: () => performance.now(),
    random: () => Math.random(),
  },
  { onPhase: phaseChanged, onMessage: received, onProblem: noteProblem },
);
const route = new InputRoute(session);
const held = new HeldKeys(route);
const keyboard = new Keyboard(held, {
  swapped: () => preferences.values.swapCommand,
  onMac: /Mac/.test(navigator.platform),
  isReserved: (code, event) => code === 'KeyM' && event.ctrlKey && event.altKey && !altGraph(event),
});
const pointer = new Pointer({
  surface,
  toMac: (event) => screen.toMac(event),
  macPixelsPerCssPixel,
  route,
  keys: held,
  onAnyEvent: (event) => {
    keyboard.reconcile(event);
    if (event.type === 'pointerdown') {
      focusScreen();
    }
  },
  preferences: () => preferences.values,
  nextFrame: (run) => requestAnimationFrame(run),
});
const touch = new Touch({
  surface,
  toMac: (event) => screen.toMac(event),
  macSize: () => screen.size,
  macPixelsPerCssPixel,
  pointer,
  mode: () => preferences.values.touch,
  setTimer: (run, ms) => setTimeout(run, ms),
  clearTimer: (timer) => clearTimeout(timer),
  onHold: () => navigator.vibrate?.(12),
});
const board = new Board(held);
const typist = new Typist(held, { onDone: () => board.spend() });
const textEntry = new TextEntry(typist, { onClosed: focusScreen });
const settings = new Settings({ onClosed: focusScreen });
const recorder = new Recorder({
  onChange: showRecording,
  onFinished: (recording) => save(recording, `macintosh-${stamp()}.${recording.type.includes('mp4') ? 'mp4' : 'webm'}`),
});
const overlay = new Overlay({ onRetry: () => retry(), onDiagnostics: copyDiagnostics });
const fullScreen = new FullScreen(() => {
  releaseEverything();
  focusScreen();
});
const toolbar = new Toolbar({
  surface,
  isPlaying: () => stages.condition === 'playing',
  isFullScreen: () => fullScreen.active,
  onChord: (keys) => play(held, keys),
});
const statistics = new StatisticsPanel({
  read: reader(),
  context: () => ({ macFps: macState?.fps ?? 0, joinedMs: marks.between('opened', 'firstFrame') }),
  onCopy: copyDiagnostics,
  onClosed: focusScreen,
});

listen();
arrangePanels(focusScreen);
bindPreferences(preferences);
preferences.onChange((_, changed) => applyPreferences(changed));
applyPreferences();
publishHooks();
start();

function start() {
  focusScreen();
  stages.again();
  if (typeof RTCPeerConnection === 'undefined') {
    stages.fail('page', 'no_webrtc');
    return;
  }
  session.start();
}

function listen() {
  window.addEventListener('keydown', (event) => {
    // The ring around the screen is for those who come to it by keyboard.
    document.body.dataset.navigation = event.key === 'Tab' && !forTheMac() ? 'keys' : 'pointer';
    if (event.code === 'KeyM' && event.ctrlKey && event.altKey && !altGraph(event)) {
      event.preventDefault();
      releaseEverything();
      toolbar.focus();
    } else if (forTheMac()) {
      keyboard.keyDown(event);
    }
  });
  // Releases are heard wherever the focus is: only keys that went to the Mac have an effect.
  window.addEventListener('keyup', (event) => {
    keyboard.keyUp(event);
    if (!modifierOf(event.code)) {
      board.spend();
    }
  });
  window.addEventListener('blur', releaseEverything);
  window.addEventListener('pagehide', () => {
    releaseEverything();
    session.stop();
  });
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) {
      session.start();
    }
  });
  surface.addEventListener('blur', (event) => {
    // The device's own keyboard types for the Mac too, with the modifiers held on the screen's.
    if (event.relatedTarget !== systemKeyboard) {
      releaseEverything();
    }
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      releaseEverything();
    } else {
      session.wake();
    }
  });
  window.addEventListener('online', () => session.wake());
  window.addEventListener('offline', render);
  byId('sound-prompt', HTMLButtonElement).addEventListener('click', () => {
    sound.unblock();
    focusScreen();
  });
  onMenu('menu-screenshot', saveScreenshot);
  onMenu('menu-record', toggleRecording);
  onMenu('menu-settings', () => settings.open());
  byId('board-button', HTMLButtonElement).addEventListener('click', () => showBoard(!board.open));
  byId('board-close', HTMLButtonElement).addEventListener('click', () => showBoard(false));
  byId('system-keyboard-button', HTMLButtonElement).addEventListener('click', () => {
    byId('keyboard-panel', HTMLElement).hidePopover();
    textEntry.openSystemKeyboard();
  });
  byId('paste-button', HTMLButtonElement).addEventListener('click', () => {
    byId('keyboard-panel', HTMLElement).hidePopover();
    textEntry.openPaste();
  });
  onMenu('menu-restart', () => command('restart', control.restart, 'toast.restarting'));
  onMenu('menu-shut-down', () => command('shutDown', control.shutDown, 'toast.shuttingDown'));
}

/** @param {string} id @param {() => void} action */
function onMenu(id, action) {
  byId(id, HTMLButtonElement).addEventListener('click', () => {
    byId('menu-panel', HTMLElement).hidePopover();
    action();
  });
}

/**
 * @param {number} attempt
 * @returns {Promise<string>}
 */
async function findUrl(attempt) {
  // After an interruption the known address is tried first; it may have changed with the server.
  if (!connection || attempt > 0) {
    try {
      connection = await control.connectionInfo();
    } catch (failure) {
      if (!connection) {
        throw failure;
      }
    }
  }
  return control.signalingUrl(connection, location);
}

/**
 * @param {import('./session.js').Phase} phase
 * @param {import('./session.js').Interruption} [cause]
 */
function phaseChanged(phase, cause) {
  if (phase === 'connecting') {
    marks.mark('opened');
    interruption = undefined;
  } else if (phase === 'open') {
    marks.mark('welcome');
    stages.done('service');
  } else if (phase === 'waiting' || phase === 'ended') {
    interruption = cause;
    closePeer();
    stages.again();
    const reason = cause?.reason ?? cause?.code ?? (navigator.onLine ? cause?.cause : 'offline') ?? 'unreachable';
    if (phase === 'ended' && cause?.cause !== 'requested') {
      stages.fail('service', reason, cause?.message);
      stages.end();
    } else if (cause?.cause !== 'requested' && cause?.cause !== 'lost') {
      stages.fail('service', reason, cause?.message);
    }
    noteProblem(`session ${phase}: ${JSON.stringify(cause)}`);
  }
  render();
}

/** @param {import('./messages.js').ServerMessage} message */
function received(message) {
  switch (message.type) {
    case 'welcome':
      connect(message);
      break;
    case 'answer':
      marks.mark('answer');
      peer?.answer(message).catch((failure) => {
        noteProblem(`answer: ${failure.message}`);
        peerFailed('service', 'refused', failure.message);
      });
      break;
    case 'candidate':
      peer?.candidate(message);
      break;
    case 'state':
      stateChanged(message);
      break;
    case 'error':
      serviceError(message);
      break;
    default:
  }
}

/** @param {import('./messages.js').Welcome} welcome */
function connect(welcome) {
  closePeer();
  /** @type {Peer} */
  const made = new Peer(welcome.iceServers ?? [], {
    onSignal: (message) => session.send(message),
    onState: (state) => {
      if (made === peer) {
        peerChanged(state);
      }
    },
    onTrack: (kind, track, receiver) => {
      if (made !== peer) {
        return;
      }
      if (kind === 'video') {
        screen.show(track);
      } else {
        sound.play(track, receiver);
      }
    },
    onProblem: noteProblem,
  });
  peer = made;
  route.use(made);
  hintTimer = setTimeout(() => {
    if (stages.status('ice') !== 'done' && stages.failure === undefined) {
      stages.fail('ice', made.candidates.remote === 0 ? 'ice_no_remote' : 'ice_slow');
    }
  }, ICE_SLOW_MS);
  marks.mark('offer');
  made.offer({ lane: query.get('lane') ?? undefined, codec: query.get('codec') ?? undefined }).catch((failure) => {
    noteProblem(`offer: ${failure.message}`);
    stages.fail('page', 'no_webrtc', failure.message);
  });
}

/** @param {import('./peer.js').PeerState} state */
function peerChanged(state) {
  clearTimeout(peerTimer);
  switch (state) {
    case 'reachable':
      stages.done('ice');
      break;
    case 'connected':
      marks.mark('connected');
      peerFailures = 0;
      clearTimeout(hintTimer);
      stages.done('ice');
      stages.done('dtls');
      expectPicture();
      break;
    case 'disconnected':
      // Word of a restarting server may still come over the WebSocket; a network that is gone says nothing.
      session.wake();
      peerTimer = setTimeout(() => session.restart(), INTERRUPTION_MS);
      break;
    case 'ice_failed':
      peerFailed('ice', peer?.candidates.remote === 0 ? 'ice_no_remote' : 'ice_failed');
      break;
    case 'dtls_failed':
      peerFailed('dtls', 'dtls_failed');
      break;
    default:
  }
}

/**
 * @param {import('./stages.js').Stage} stage
 * @param {string} reason
 * @param {string} [detail]
 */
function peerFailed(stage, reason, detail) {
  noteProblem(`${stage}: ${reason}`);
  clearTimeout(hintTimer);
  stages.fail(stage, reason, detail);
  const pause = Math.min(PEER_RETRY_MS[0] * 2 ** peerFailures, PEER_RETRY_MS[1]);
  peerFailures += 1;
  clearTimeout(peerTimer);
  peerTimer = setTimeout(() => session.restart(), pause);
}

function expectPicture() {
  clearTimeout(hintTimer);
  hintTimer = setTimeout(() => {
    if (stages.status('picture') !== 'done' && macState?.emulator === 'connected') {
      stages.fail('picture', 'picture_missing');
    }
  }, PICTURE_MISSING_MS);
}

/** @param {import('./messages.js').State} state */
function stateChanged(state) {
  const before = macState;
  macState = state;
  screen.setMacSize(state.width ?? 0, state.height ?? 0);
  if (route.allowed && state.input === false) {
    releaseEverything();
  }
  route.allowed = state.input !== false;
  if (before && before.input !== state.input) {
    toast(t(state.input === false ? 'toast.watching' : 'toast.control'));
  }
  if (state.emulator === 'connected') {
    stages.done('emulator');
    if (before?.emulator !== 'connected' && stages.status('dtls') === 'done') {
      expectPicture();
    }
  } else {
    stages.emulatorAbsent();
  }
}

/** @param {import('./messages.js').ServiceError} error */
function serviceError({ code, message, fatal }) {
  noteProblem(`${code}: ${message}`);
  if (fatal) {
    return;
  }
  switch (code) {
    case 'sdp_invalid':
    case 'sdp_too_large':
    case 'lane_unavailable':
    case 'capacity_reached':
    case 'media_unavailable':
    case 'internal':
      peerFailed('service', code === 'internal' || code.startsWith('sdp') ? 'refused' : code, message);
      break;
    case 'ice_failed':
      peerFailed('ice', code, message);
      break;
    case 'dtls_failed':
      peerFailed('dtls', code, message);
      break;
    default:
    // The rest concerns single messages; nothing the visitor could do about them.
  }
}

function firstFrame() {
  marks.mark('firstFrame');
  clearTimeout(hintTimer);
  hadPicture = true;
  stages.done('picture');
}

function closePeer() {
  clearTimeout(peerTimer);
  clearTimeout(hintTimer);
  if (!peer) {
    return;
  }
  screen.freeze();
  route.use(undefined);
  held.forget();
  keyboard.reset();
  touch.reset();
  typist.stop();
  pointer.forget();
  recorder.stop();
  peer.close();
  peer = undefined;
}

function retry() {
  peerFailures = 0;
  if (session.phase === 'open') {
    session.restart();
  } else {
    stages.again();
    session.start();
  }
  focusScreen();
}

/** Nothing stays pressed on the Mac once its screen has lost the visitor's attention. */
function releaseEverything() {
  keyboard.reset();
  touch.reset();
  typist.stop();
  pointer.releaseAll();
  held.releaseAll();
}

/** Whether keys belong to the Mac: the screen has the focus, or nothing else claims it. */
function forTheMac() {
  const focus = document.activeElement;
  return (focus === surface || focus === document.body) && !document.querySelector(':popover-open, dialog[open]');
}

function macPixelsPerCssPixel() {
  const { layout } = screen;
  return layout ? screen.size.width / layout.width : 1;
}

/** @param {boolean} open */
function showBoard(open) {
  board.open = open;
  byId('board-button', HTMLButtonElement).setAttribute('aria-pressed', String(open));
  byId('keyboard-panel', HTMLElement).hidePopover();
  focusScreen();
}

function toggleRecording() {
  if (recorder.active) {
    recorder.stop();
    return;
  }
  const receivers = peer?.connection.getReceivers() ?? [];
  if (receivers.length === 0 || !hadPicture) {
    toast(t('toast.noPicture'));
    return;
  }
  try {
    recorder.start(receivers.map(({ track }) => track));
  } catch (failure) {
    toastFailure(failure);
  }
}

function showRecording() {
  const button = byId('menu-record', HTMLButtonElement);
  button.hidden = !recorder.supported;
  button.setAttribute('aria-pressed', String(recorder.active));
  byId('menu-record-text', HTMLElement).textContent = t(recorder.active ? 'menu.stopRecording' : 'menu.record');
  document.body.dataset.recording = String(recorder.active);
}

function focusScreen() {
  surface.focus({ preventScroll: true });
}

/** @param {import('./keyboard.js').ModifierFlags} event */
function altGraph(event) {
  return event.getModifierState?.('AltGraph') ?? false;
}

function render() {
  const { condition, word } = stages;
  document.body.dataset.stage = word;
  const mouseIsMacs = condition === 'playing' && route.allowed && !preferences.values.showPointer;
  document.body.dataset.pointer = mouseIsMacs ? 'hidden' : 'shown';
  overlay.show(stages, { hadPicture, retrying: interruption?.retryInMs !== undefined || peerFailures > 0 });
  toolbar.show({
    condition,
    name: macState?.emulatorName ?? '',
    width: screen.size.width,
    height: screen.size.height,
    viewers: macState?.viewers ?? 0,
    watching: macState?.input === false && condition === 'playing',
  });
}

/** @param {keyof import('./preferences.js').Preferences} [changed] */
function applyPreferences(changed) {
  const { values } = preferences;
  screen.configure(values);
  sound.configure(values);
  showSound();
  if (changed === 'swapCommand' || changed === 'pointer') {
    releaseEverything();
  }
  if (!changed || changed === 'language') {
    const wanted = query.get('lang') ?? (values.language === 'auto' ? undefined : values.language);
    translate(pickLanguage(wanted ? [wanted] : navigator.languages), document);
    overlay.refresh();
    statistics.refresh();
    fullScreen.refresh();
    showRecording();
  }
  render();
}

function showSound() {
  const { muted, volume } = preferences.values;
  toolbar.showSound(muted || volume === 0 || sound.blocked);
  const touch = matchMedia('(pointer: coarse)').matches;
  byId('sound-prompt-text', HTMLElement).textContent = t(touch ? 'sound.promptTouch' : 'sound.prompt');
  byId('sound-prompt', HTMLElement).hidden = !sound.blocked || muted;
}

/**
 * @param {'restart'|'shutDown'} what
 * @param {() => Promise<unknown>} request
 * @param {import('./i18n.js').Key} done
 */
async function command(what, request, done) {
  const agreed = await confirm({
    title: t(`confirm.${what}`),
    text: t(`confirm.${what}.text`),
    action: t(`confirm.${what}.do`),
  });
  focusScreen();
  if (!agreed) {
    return;
  }
  try {
    await request();
    toast(t(done));
  } catch (failure) {
    toastFailure(failure);
  }
}

function saveScreenshot() {
  const canvas = document.createElement('canvas');
  if (!screen.paint(canvas)) {
    toast(t('toast.noPicture'));
    return;
  }
  canvas.toBlob((blob) => {
    if (blob) {
      save(blob, `macintosh-${stamp()}.png`);
      toast(t('toast.saved'));
    }
  });
}

/** @param {Blob} blob @param {string} name */
function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function stamp() {
  return new Date().toISOString().slice(0, 19).replace(/[T:]/g, '-');
}

function state() {
  return {
    phase: session.phase,
    stage: stages.word,
    peer: peer?.state ?? null,
    lane: peer?.lane ?? null,
    candidates: peer?.candidates ?? null,
    emulator: macState?.emulator ?? null,
    input: route.allowed,
    inputSent: route.sent,
    held: [...held.names],
    width: screen.size.width,
    height: screen.size.height,
    viewers: macState?.viewers ?? 0,
    interruption: interruption ?? null,
    soundBlocked: sound.blocked,
  };
}

async function copyDiagnostics() {
  const report = {
    time: new Date().toISOString(),
    browser: navigator.userAgent,
    page: { ratio: devicePixelRatio, width: innerWidth, height: innerHeight, layout: screen.layout ?? null },
    state: state(),
    failure: stages.failure ?? null,
    marks: marks.history.map(({ name, time }) => `${Math.round(time)} ${name}`),
    problems,
    statistics: await reader()(),
  };
  try {
    await navigator.clipboard.writeText(JSON.stringify(report, null, 2));
    toast(t('statistics.copied'));
  } catch {
    save(new Blob([JSON.stringify(report, null, 2)], { type: 'application/json' }), `diagnostics-${stamp()}.json`);
  }
}

function reader() {
  const statisticsReader = new StatisticsReader(() => peer);
  return () => statisticsReader.read();
}

function publishHooks() {
  /** @type {import('./hooks.js').Hooks} */
  const hooks = {
    stage: () => stages.word,
    stats: reader(),
    mark: (name) => marks.mark(name),
    marks: marks.latest,
    history: marks.history,
    state,
  };
  Object.defineProperty(window, 'macemu', { value: Object.freeze(hooks) });
}

/** @param {string} problem */
function noteProblem(problem) {
  problems.push(`${Math.round(performance.now())} ${problem}`);
  if (problems.length > 50) {
    problems.shift();
  }
}

/** @param {Window} page @returns {Storage|undefined} */
function storageOf(page) {
  try {
    return page.localStorage;
  } catch {
    // Forbidden by the browser's settings.
    return undefined;
  }
}
