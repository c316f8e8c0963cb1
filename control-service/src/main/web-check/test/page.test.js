import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { en } from '../../resources/META-INF/resources/client/lang/en.js';
import { de } from '../../resources/META-INF/resources/client/lang/de.js';
import { pickLanguage, t } from '../../resources/META-INF/resources/client/i18n.js';
import { STAGES } from '../../resources/META-INF/resources/client/stages.js';

const ROOT = new URL('../../resources/META-INF/resources/', import.meta.url);
const files = readdirSync(ROOT, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath ?? entry.path}/${entry.name}`.slice(ROOT.pathname.length).replace(/^\//, ''))
  // The reference of the API is a page of its own.
  .filter((file) => !file.startsWith('reference/'));
const html = readFileSync(new URL('index.html', ROOT), 'utf8');
const scripts = files.filter((file) => file.endsWith('.js'));

test('the page carries no inline script or style, and loads nothing from elsewhere', () => {
  assert.doesNotMatch(html, /<style|\sstyle=|\son\w+=|javascript:/i);
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/i);
  assert.doesNotMatch(html, /(?:href|src)="(?:https?:)?\/\//i);
});

test('every module is preloaded, so that the page needs no second round trip', () => {
  const preloaded = [...html.matchAll(/modulepreload" href="([^"]+)"/g)].map((match) => match[1]);
  assert.deepEqual(preloaded.sort(), scripts.filter((file) => !['client/start.js', 'client/app.js'].includes(file)).sort());
});

test('the whole page stays below 150 KB compressed', () => {
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, ROOT))).length, 0);
  assert.ok(bytes < 150_000, `${bytes} bytes`);
});

test('every language has every word, with the same places', () => {
  const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  assert.deepEqual(Object.keys(de), Object.keys(en));
  for (const key of Object.keys(en)) {
    assert.ok(de[key].length > 0, key);
    assert.deepEqual(places(de[key]), places(en[key]), key);
  }
});

test('every word the page asks for exists', () => {
  const used = [...html.matchAll(/data-i18n(?:-label|-name)?="([^"]+)"/g)].map((match) => match[1]);
  const asked = scripts
    .filter((file) => !file.startsWith('client/lang/'))
    .flatMap((file) => [...readFileSync(new URL(file, ROOT), 'utf8').matchAll(/\bt\('([^']+)'/g)])
    .map((match) => match[1]);
  for (const key of [...used, ...asked, ...STAGES.map((stage) => `stage.${stage}`)]) {
    assert.ok(Object.hasOwn(en, key), key);
  }
});

test('every reason has its advice', () => {
  const names = (kind) => Object.keys(en).filter((key) => key.startsWith(`${kind}.`)).map((key) => key.slice(7));
  assert.deepEqual(names('reason'), names('advice'));
});

test('languages are picked by their base, English otherwise', () => {
  assert.equal(pickLanguage(['fr-CH', 'de-AT', 'en']), 'de');
  assert.equal(pickLanguage(['EN-gb']), 'en');
  assert.equal(pickLanguage(['constructor', 'fr']), 'en');
  assert.equal(t('status.viewers.many', { count: 3 }), '3 viewers');
});

test('what leads to the first picture is asked for before everything else', () => {
  const preloaded = [...html.matchAll(/modulepreload" href="client\/([^"]+)"/g)].map((match) => match[1]);
  const needed = new Set();
  const follow = (file) => {
    const text = readFileSync(new URL(`client/${file}`, ROOT), 'utf8');
    for (const [, name] of text.matchAll(/^import .* from '\.\/([^']+)';$/gm)) {
      if (!needed.has(name)) {
        needed.add(name);
        follow(name);
      }
    }
  };
  follow('start.js');
  assert.deepEqual(preloaded.slice(0, needed.size).sort(), [...needed].sort());
});
