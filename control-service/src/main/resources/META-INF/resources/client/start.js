// @ts-check
import { Connection } from './connection.js';
import { Diagnostics } from './diagnostics.js';
import { byId } from './dom.js';
import { acceptInvitation } from './invitation.js';
import { LaneChoice } from './lane-choice.js';
import { PreferenceStore } from './preferences.js';
import { Screen } from './screen.js';
import { ConnectionStages } from './stages.js';

/**
 * The way to the first picture. It is a module script of its own, before app.js, so that connecting begins as soon as
 * these few modules are there; app.js takes everything over when the rest of the page is loaded.
 */

export const query = new URLSearchParams(location.search);
export const preferences = new PreferenceStore(storageOf('localStorage'));
export const diagnostics = new Diagnostics();
export const stages = new ConnectionStages();

export const screen = new Screen(
  {
    video: byId('video', HTMLVideoElement),
    still: byId('still', HTMLCanvasElement),
    frame: byId('frame', HTMLElement),
    room: byId('room', HTMLElement),
  },
  { onFirstFrame: () => connection.pictureShown() },
);
export const connection = new Connection(
  {
    stages,
    diagnostics,
    lanes: new LaneChoice(query.get('lane') ?? undefined, storageOf('sessionStorage')),
    codec: query.get('codec') ?? undefined,
    mac: query.get('session'),
  },
  {
    onTrack: (kind, track) => kind === 'video' && screen.show(track),
    onState: ({ width, height }) => screen.setMacSize(width ?? 0, height ?? 0),
  },
);

// The WebSocket is opened with the cookie that an invitation is exchanged for.
acceptInvitation({
  href: window.location.href,
  replace: (address) => window.history.replaceState(null, '', address),
  post: window.fetch.bind(window),
}).then(() => {
  connection.start();
  // Laying the page out takes as long as the way to the service: the request is under way first.
  screen.configure(preferences.values);
});

/** @param {'localStorage'|'sessionStorage'} kind @returns {Storage|undefined} */
function storageOf(kind) {
  try {
    return window[kind];
  } catch {
    // Forbidden by the browser's settings.
    return undefined;
  }
}
