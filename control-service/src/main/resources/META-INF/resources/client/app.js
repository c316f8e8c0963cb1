// @ts-check
import { Board } from './board.js';
import { Capture, save, stamp } from './capture.js';
import { play } from './chords.js';
import * as control from './control.js';
import { byId } from './dom.js';
import { Files } from './files.js';
import { FullScreen } from './full-screen.js';
import { publish } from './hooks.js';
import { pickLanguage, t, translate } from './i18n.js';
import { InputRoute } from './input-route.js';
import { Invite } from './invite.js';
import { HeldKeys, Keyboard } from './keyboard.js';
import { modifierOf } from './keymap.js';
import { Overlay } from './overlay.js';
import { arrangePanels, bindPreferences, confirm, toast, toastFailure } from './panels.js';
import { People } from './people.js';
import { Pointer } from './pointer.js';
import { PointersShown } from './pointers-shown.js';
import { Settings } from './settings.js';
import { Sound } from './sound.js';
import { connection, diagnostics, preferences, query, screen, stages } from './start.js';
import { StatisticsPanel } from './statistics-panel.js';
import { StatisticsReader } from './stats.js';
import { TextEntry } from './text-entry.js';
import { Toolbar } from './toolbar.js';
import { Touch } from './touch.js';
import { Typist } from './typing.js';

/**
 * Wires the page together, around the connection that start.js has begun to make. Everything made here lives as long as
 * the page, so every listener is registered once.
 *
 *     connection (session, peer) --tracks--> screen, sound
 *             |                \--stages--> overlay, toolbar
 *     route <-- held keys <-- keyboard, board, typist
 *           <-- pointer <-- mouse, touch
 */

/** A name is told once it has been typed, not letter by letter. */
const RENAME_MS = 600;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let renaming;

const surface = byId('surface', HTMLElement);
const systemKeyboard = byId('system-keyboard', HTMLTextAreaElement);
const sound = new Sound(byId('audio', HTMLAudioElement), showSound);
const route = new InputRoute(connection.session);
const held = new HeldKeys(route);
const keyboard = new Keyboard(held, {
  swapped: () => preferences.values.swapCommand,
  onMac: /Mac/.test(navigator.platform),
  isReserved: (_, event) => isWayOut(event),
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
      surface.focus({ preventScroll: true });
    }
  },
  preferences: () => preferences.values,
  nextFrame: (run) => requestAnimationFrame(run),
  later: (run, ms) => setTimeout(run, ms),
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
const files = new Files({
  onClosed: focusScreen,
  onSettings: () => settings.open(),
  emulatorName: () => connection.state?.emulatorName ?? '',
  allowed: () => connection.state?.role === 'owner',
});
const capture = new Capture(screen, () => {
  const receivers = stages.seenPicture ? connection.peer?.connection.getReceivers() : undefined;
  return (receivers ?? []).map(({ track }) => track);
});
const overlay = new Overlay({
  onRetry: () => {
    connection.retry();
    focusScreen();
  },
  onDiagnostics: copyDiagnostics,
});
const people = new People(
  (request) => connection.session.send({ type: 'control', ...request }),
  focusScreen,
  remove,
);
const invite = new Invite();
const pointersShown = new PointersShown({
  surface,
  macSize: () => screen.size,
  toMac: (event) => screen.toMac(event),
  // Whoever holds the controls has the Mac's own pointer.
  send: (spot) => connection.session.send({ type: 'pointer', ...spot }),
  sharing: () => preferences.values.sharePointers,
  watching: () => !route.allowed && (connection.state?.viewers ?? 0) > 1,
});
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
  context: () => ({
    macFps: connection.state?.fps ?? 0,
    delay: connection.peer ? serverDelay() : Promise.resolve(undefined),
    joinedMs: diagnostics.marks.between('opened', 'firstFrame'),
  }),
  onCopy: copyDiagnostics,
  onClosed: focusScreen,
});

stages.listen(render);
connection.listen({
  onTrack: trackArrived,
  onPeer: peerChanged,
  onMoved: peerMoved,
  onState: stateChanged,
  onPointers: (pointers) => pointersShown.show(pointers),
  onWelcome: tellName,
  onRefusal: toast,
  onChange: render,
});
route.use(connection.peer);
listenToKeyboard();
listenToPage();
listenToControls();
arrangePanels(focusScreen);
bindPreferences(preferences);
preferences.onChange((_, changed) => applyPreferences(changed));
applyPreferences();
publish({
  stage: () => stages.word,
  stats: reader(),
  mark: (name) => diagnostics.marks.mark(name),
  marks: diagnostics.marks.latest,
  history: diagnostics.marks.history,
  state,
});
focusScreen();
function listenToKeyboard() {
  window.addEventListener('keydown', (event) => {
    // The ring around the screen is for those who come to it by keyboard.
    document.body.dataset.navigation = event.key === 'Tab' && !forTheMac() ? 'keys' : 'pointer';
    if (isWayOut(event)) {
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
  surface.addEventListener('blur', (event) => {
    // The device's own keyboard types for the Mac too, with the modifiers held on the screen's.
    if (event.relatedTarget !== systemKeyboard) {
      releaseEverything();
    }
  });
}

function listenToPage() {
  window.addEventListener('blur', releaseEverything);
  window.addEventListener('online', () => connection.wake());
  window.addEventListener('offline', render);
  window.addEventListener('pagehide', () => {
    releaseEverything();
    connection.stop();
  });
  window.addEventListener('pageshow', (event) => {
    // Back from the browser's memory of visited pages.
    if (event.persisted) {
      connection.start();
    }
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      releaseEverything();
    } else {
      connection.wake();
    }
  });
}

function listenToControls() {
  onClick('sound-prompt', () => {
    sound.unblock();
    focusScreen();
  });
  onClick('board-button', () => showBoard(!board.open));
  onClick('board-close', () => showBoard(false));
  onClick('board-system', () => textEntry.openSystemKeyboard());
  onClick('system-keyboard-button', () => {
    closePanel('keyboard-panel');
    textEntry.openSystemKeyboard();
  });
  onClick('paste-button', () => {
    closePanel('keyboard-panel');
    textEntry.openPaste();
  });
  onMenu('menu-screenshot', () => capture.savePicture());
  onMenu('menu-record', () => capture.toggleRecording());
  onMenu('menu-files', () => files.open());
  onMenu('menu-settings', () => settings.open());
  onMenu('menu-restart', () => command('restart', control.restart, 'toast.restarting'));
  onMenu('menu-shut-down', () => command('shutDown', control.shutDown, 'toast.shuttingDown'));
}

/** @param {string} id @param {() => void} action */
function onClick(id, action) {
  byId(id, HTMLButtonElement).addEventListener('click', action);
}

/** @param {string} id @param {() => void} action */
function onMenu(id, action) {
  onClick(id, () => {
    closePanel('menu-panel');
    action();
  });
}

/** @param {string} id */
function closePanel(id) {
  byId(id, HTMLElement).hidePopover();
}

/** @param {'video'|'audio'} kind @param {MediaStreamTrack} track @param {RTCRtpReceiver} receiver */
function trackArrived(kind, track, receiver) {
  if (kind === 'video') {
    screen.show(track);
  } else {
    sound.play(track, receiver);
  }
}

/** Another connection, or none. What was held on the old one, the service has released by itself. */
function peerChanged() {
  screen.freeze();
  capture.stopRecording();
  keyboard.reset();
  touch.reset();
  typist.stop();
  held.forget();
  pointer.forget();
  route.use(connection.peer);
}

/** Another connection whose picture is there: the last picture of the old one stands in for it until it is drawn. */
function peerMoved() {
  releaseEverything();
  screen.freeze();
  capture.stopRecording();
  route.use(connection.peer);
}

/**
 * @param {import('./messages.js').State} now
 * @param {import('./messages.js').State|undefined} before
 */
function stateChanged(now, before) {
  screen.setMacSize(now.width ?? 0, now.height ?? 0);
  const allowed = now.input !== false;
  if (route.allowed && !allowed) {
    releaseEverything();
  }
  route.allowed = allowed;
  if (before && (before.input !== false) !== allowed) {
    toast(t(allowed ? 'toast.control' : 'toast.watching'));
  }
}

/** Tells the others what this visitor is called. */
function tellName() {
  if (preferences.values.name) {
    connection.session.send({ type: 'name', name: preferences.values.name });
  }
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

/**
 * Control, Alt and M: how somebody without a mouse gets from the Mac, which takes every key, to the controls.
 *
 * @param {import('./keyboard.js').ModifierFlags & { code: string }} event
 */
function isWayOut(event) {
  return event.code === 'KeyM' && event.ctrlKey && event.altKey && !event.getModifierState?.('AltGraph');
}

function macPixelsPerCssPixel() {
  const { layout } = screen;
  return layout ? screen.size.width / layout.width : 1;
}

/** Gives the keyboard back to the Mac, unless a device's own keyboard is open for it. */
function focusScreen() {
  if (document.activeElement === systemKeyboard) {
    return;
  }
  surface.focus({ preventScroll: true });
}

/** @param {boolean} open */
function showBoard(open) {
  board.open = open;
  byId('board-button', HTMLButtonElement).setAttribute('aria-pressed', String(open));
  closePanel('keyboard-panel');
  focusScreen();
}

/** @param {string} viewer @param {string} name */
async function remove(viewer, name) {
  const agreed = await confirm({
    title: t('confirm.remove', { name }),
    text: t('confirm.remove.text'),
    action: t('confirm.remove.do'),
  });
  focusScreen();
  if (agreed) {
    control.removeViewer(viewer).catch(toastFailure);
  }
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

function render() {
  const { condition, word } = stages;
  const mac = connection.state;
  document.body.dataset.stage = word;
  document.body.dataset.role = mac?.role ?? '';
  const mouseIsMacs = condition === 'playing' && route.allowed && !preferences.values.showPointer;
  document.body.dataset.pointer = mouseIsMacs ? 'hidden' : 'shown';
  overlay.show(stages, {
    retrying: connection.retrying,
    interruptedFor: connection.interruptedFor,
    problem: mac?.problem ?? '',
  });
  toolbar.show({
    condition,
    begun: stages.seenPicture,
    name: mac?.emulatorName ?? '',
    width: screen.size.width,
    height: screen.size.height,
    watching: mac?.input === false && condition === 'playing',
  });
  people.show({
    participants: connection.participants,
    state: mac,
    me: connection.viewer,
    visible: condition === 'playing',
  });
}

/** @param {keyof import('./preferences.js').Preferences} [changed] */
function applyPreferences(changed) {
  const { values } = preferences;
  screen.configure(values);
  sound.configure(values);
  if (changed === 'name') {
    clearTimeout(renaming);
    renaming = setTimeout(() => connection.session.send({ type: 'name', name: values.name }), RENAME_MS);
  }
  if (changed === 'sharePointers') {
    pointersShown.refresh();
  }
  if (changed === 'swapCommand' || changed === 'pointer') {
    releaseEverything();
  }
  if (!changed || changed === 'language') {
    const wanted = query.get('lang') ?? (values.language === 'auto' ? undefined : values.language);
    translate(pickLanguage(wanted ? [wanted] : navigator.languages), document);
    overlay.refresh();
    statistics.refresh();
    fullScreen.refresh();
    capture.refresh();
    files.refresh();
    invite.refresh();
  }
  showSound();
  render();
}

function showSound() {
  const { muted, volume } = preferences.values;
  toolbar.showSound(muted || volume === 0 || sound.blocked);
  const byTouch = matchMedia('(pointer: coarse)').matches;
  byId('sound-prompt-text', HTMLElement).textContent = t(byTouch ? 'sound.promptTouch' : 'sound.prompt');
  byId('sound-prompt', HTMLElement).hidden = !sound.blocked || muted;
}

function state() {
  const { peer, session, interruption } = connection;
  const mac = connection.state;
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
    soundBlocked: sound.blocked,
  };
}

async function copyDiagnostics() {
  const report = diagnostics.report({
    state: state(),
    failure: stages.failure,
    layout: screen.layout,
    statistics: await reader()(),
  });
  try {
    await navigator.clipboard.writeText(report);
    toast(t('statistics.copied'));
  } catch {
    // No clipboard without a secure origin: the visitor gets a file instead.
    save(new Blob([report], { type: 'application/json' }), `diagnostics-${stamp()}.json`);
  }
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
function reader() {
  const statisticsReader = new StatisticsReader(() => connection.peer);
  return () => statisticsReader.read();
}
