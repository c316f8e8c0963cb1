// @ts-check
import { call } from './control.js';

/**
 * The files of the Mac as the service keeps them, and what can be told of a file by its name and size. No DOM here.
 *
 * @typedef {'roms'|'images'} Folder
 *
 * @typedef {object} RomFacts
 * @property {string} checksum
 * @property {boolean} checksumValid
 * @property {string|null} model
 * @property {string[]} emulators   that can use it: basilisk2, sheepshaver
 * @property {number|null} modelid  Basilisk II's preference that fits
 * @property {string} remark        in the service's words
 *
 * @typedef {object} StoredFile
 * @property {Folder} folder
 * @property {string} name
 * @property {'rom'|'disk'|'cdrom'} kind
 * @property {number} size
 * @property {string} etag
 * @property {boolean} inUse
 * @property {string} url
 * @property {RomFacts|null} rom
 *
 * @typedef {object} PartialUpload
 * @property {string} id
 * @property {Folder} folder
 * @property {string} name
 * @property {number} size
 * @property {number} offset bytes that have arrived
 * @property {string} url
 *
 * @typedef {object} FolderFacts
 * @property {number} available
 * @property {number} maxFileSize
 * @property {number} minFileSize
 * @property {boolean} writable
 *
 * @typedef {object} Listing
 * @property {StoredFile[]} files
 * @property {PartialUpload[]} uploads
 * @property {Record<Folder, FolderFacts>} folders
 */

const MEGABYTE = 1024 * 1024;
const LARGEST_ROM = 4 * MEGABYTE;
const ROM_NAME = /\.rom$|\brom\b/i;
const IMAGE_NAME = /\.(img|dsk|disk|hda|hfs|hfv|image|iso|toast|cdr|cue|bin|dmg|vhd)$/i;

/** @returns {Promise<Listing>} */
export const listFiles = () => call('/storage/files');

/**
 * An empty disk.
 *
 * @param {{ name: string, size: number, format: 'none'|'hfs', label?: string }} image size in bytes
 * @returns {Promise<StoredFile>}
 */
export const createImage = (image) =>
  call('/storage/files/images', { method: 'POST', body: image, timeoutMs: 60_000 });

/** @param {StoredFile} file that is deleted unless it has changed meanwhile */
export const deleteFile = ({ url, etag }) =>
  call(url.replace(/^\/api\/v1/, ''), { method: 'DELETE', headers: { 'If-Match': etag } });

/** @param {PartialUpload} upload */
export const discardUpload = ({ url }) =>
  call(url.replace(/^\/api\/v1/, ''), { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0' } });

/**
 * Where a file belongs. ROMs are small and called so, or have a power of two of bytes and no disk's ending.
 *
 * @param {string} name
 * @param {number} size bytes
 * @returns {Folder}
 */
export function folderOf(name, size) {
  if (size > LARGEST_ROM || IMAGE_NAME.test(name)) {
    return 'images';
  }
  const isPowerOfTwo = size >= 65_536 && (size & (size - 1)) === 0;
  return ROM_NAME.test(name) || isPowerOfTwo ? 'roms' : 'images';
}

/**
 * Whether the running emulator can use a ROM; undefined where that is not known.
 *
 * @param {RomFacts|null} rom
 * @param {string} emulatorName as the service tells it
 */
export function suits(rom, emulatorName) {
  const emulator = /sheepshaver/i.test(emulatorName)
    ? 'sheepshaver'
    : /basilisk/i.test(emulatorName)
      ? 'basilisk2'
      : undefined;
  if (!rom) {
    return undefined;
  }
  return emulator ? rom.emulators.includes(emulator) : rom.emulators.length > 0 ? undefined : false;
}

/**
 * A file's size for a person: binary megabytes, as Macs of that time counted.
 *
 * @param {number} bytes
 * @param {(value: number, digits?: number) => string} number
 */
export function sizeText(bytes, number) {
  if (bytes < MEGABYTE) {
    return `${number(Math.ceil(bytes / 1024))} KB`;
  }
  const megabytes = bytes / MEGABYTE;
  return megabytes < 1024
    ? `${number(megabytes, megabytes < 10 && bytes % MEGABYTE !== 0 ? 1 : 0)} MB`
    : `${number(megabytes / 1024, 1)} GB`;
}
