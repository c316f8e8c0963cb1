// @ts-check
import { Capture } from './capture.js';
import { play } from './chords.js';
import * as control from './control.js';
import { byId } from './dom.js';
import { Files } from './files.js';
import { FullScreen } from './full-screen.js';
import { pickLanguage, t, translate } from './i18n.js';
import { Input } from './input.js';
import { Invite } from './invite.js';
import { Overlay } from './overlay.js';
import { arrangePanels, bindPreferences, confirm, toast, toastFailure } from './panels.js';
import { People } from './people.js';
import { PointersShown } from './pointers-shown.js';
import { Report, statisticsContext, statisticsReader } from './report.js';
import { Settings } from './settings.js';
import { Sound } from './sound.js';
import { connection, preferences, query, screen, stages } from './start.js';
import { StatisticsPanel } from './statistics-panel.js';
import { Toolbar } from './toolbar.js';

/**
 * Wires the page together, around the connection that start.js has begun to make. Everything made here lives as long as
 * the page, so every listener is registered once.
 *
 *     connection (session, peer) --tracks--> screen, sound
 *             |                \--stages--> overlay, toolbar
 *           input <-- keys, mouse, fingers
 */

/** A name is told once it has been typed, not letter by letter. */
const RENAME_MS = 600;
/** @type {ReturnType<typeof setTimeout>|undefined} */
let renaming;

const surface = byId('surface', HTMLElement);
const sound = new Sound(byId('audio', HTMLAudioElement), showSound);
const input = new Input(surface, { onWayOut: () => toolbar.focus() });
const { route, held, board, textEntry } = input;
const report = new Report(input, sound);

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
  onDiagnostics: () => report.copy(),
});
const people = new People(
  (request) => connection.session.send({ type: 'control', ...request }),
  focusScreen,
  (viewer, name) => afterAsking('remove', () => control.removeViewer(viewer), { name }),
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
  input.releaseAll();
  focusScreen();
});
const toolbar = new Toolbar({
  surface,
  isPlaying: () => stages.condition === 'playing',
  isFullScreen: () => fullScreen.active,
  onChord: (keys) => play(held, keys),
});
const statistics = new StatisticsPanel({
  read: statisticsReader(),
  context: statisticsContext,
  onCopy: () => report.copy(),
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
listenToPage();
listenToControls();
arrangePanels(focusScreen);
bindPreferences(preferences);
preferences.onChange((_, changed) => applyPreferences(changed));
applyPreferences();
report.publish();
focusScreen();

function listenToPage() {
  window.addEventListener('online', () => connection.wake());
  window.addEventListener('offline', render);
  window.addEventListener('pagehide', () => {
    input.releaseAll();
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
      input.releaseAll();
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
  onMenu('menu-restart', () => afterAsking('restart', control.restart, { done: 'toast.restarting' }));
  onMenu('menu-shut-down', () => afterAsking('shutDown', control.shutDown, { done: 'toast.shuttingDown' }));
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

/** Another connection, or none. */
function peerChanged() {
  screen.freeze();
  capture.stopRecording();
  input.beginAnew();
}

/** Another connection whose picture is there: the last picture of the old one stands in for it until it is drawn. */
function peerMoved() {
  input.releaseAll();
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
    input.releaseAll();
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

/** Gives the keyboard back to the Mac. */
function focusScreen() {
  input.focus();
}

/** @param {boolean} open */
function showBoard(open) {
  board.open = open;
  byId('board-button', HTMLButtonElement).setAttribute('aria-pressed', String(open));
  closePanel('keyboard-panel');
  focusScreen();
}

/**
 * Does what cannot be undone once the visitor has said so again.
 *
 * @param {'restart'|'shutDown'|'remove'} what
 * @param {() => Promise<unknown>} request
 * @param {{ name?: string, done?: import('./i18n.js').Key }} words whom it concerns; what is said when it is done
 */
async function afterAsking(what, request, { name = '', done }) {
  const agreed = await confirm({
    title: t(`confirm.${what}`, { name }),
    text: t(`confirm.${what}.text`),
    action: t(`confirm.${what}.do`),
  });
  focusScreen();
  if (!agreed) {
    return;
  }
  try {
    await request();
    if (done) {
      toast(t(done));
    }
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
    input.releaseAll();
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
