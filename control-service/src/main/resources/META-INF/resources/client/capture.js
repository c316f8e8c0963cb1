// @ts-check
import { byId } from './dom.js';
import { t } from './i18n.js';
import { toast, toastFailure } from './panels.js';
import { Recorder } from './recorder.js';

/** What a visitor takes along: pictures of the screen, recordings of the session, diagnostics. */

/** How long a download may take to begin. */
const DOWNLOAD_MS = 10_000;

/**
 * Hands a file to the visitor.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), DOWNLOAD_MS);
}

/** The present time, fit for a file name. */
export function stamp() {
  return new Date().toISOString().slice(0, 19).replace(/[T:]/g, '-');
}

export class Capture {
  #screen;
  #tracks;
  #recorder;

  /**
   * @param {import('./screen.js').Screen} screen
   * @param {() => MediaStreamTrack[]} tracks of the present connection
   */
  constructor(screen, tracks) {
    this.#screen = screen;
    this.#tracks = tracks;
    this.#recorder = new Recorder({
      onChange: () => this.refresh(),
      onFinished: (recording) => {
        const ending = recording.type.includes('mp4') ? 'mp4' : 'webm';
        save(recording, `macintosh-${stamp()}.${ending}`);
      },
    });
  }

  /** Saves the present picture, pixel by pixel. */
  savePicture() {
    const canvas = document.createElement('canvas');
    if (!this.#screen.paint(canvas)) {
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

  toggleRecording() {
    if (this.#recorder.active) {
      this.stopRecording();
      return;
    }
    const tracks = this.#tracks();
    if (tracks.length === 0) {
      toast(t('toast.noPicture'));
      return;
    }
    try {
      this.#recorder.start(tracks);
    } catch (failure) {
      toastFailure(failure);
    }
  }

  /** Ends a recording and saves what there is of it. */
  stopRecording() {
    this.#recorder.stop();
  }

  refresh() {
    const button = byId('menu-record', HTMLButtonElement);
    button.hidden = !this.#recorder.supported;
    button.setAttribute('aria-pressed', String(this.#recorder.active));
    byId('menu-record-text', HTMLElement).textContent = t(
      this.#recorder.active ? 'menu.stopRecording' : 'menu.record',
    );
    document.body.dataset.recording = String(this.#recorder.active);
  }
}
