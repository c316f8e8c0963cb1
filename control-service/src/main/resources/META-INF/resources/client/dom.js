// @ts-check
/**
 * The element with this id, of the kind the caller expects.
 *
 * @template {Element} E
 * @param {string} id
 * @param {new () => E} kind
 * @returns {E}
 * @throws {TypeError} when the page does not have it
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) {
    throw new TypeError(`#${id} is ${element?.constructor.name ?? 'missing'}, expected ${kind.name}`);
  }
  return element;
}

/**
 * A new element with text and attributes; text is never read as HTML.
 *
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {{ text?: string, className?: string, attributes?: Record<string, string> }} [content]
 * @param {...Node} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function create(tag, { text, className, attributes = {} } = {}, ...children) {
  const element = document.createElement(tag);
  if (text !== undefined) {
    element.textContent = text;
  }
  if (className) {
    element.className = className;
  }
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

/**
 * An icon of the page's own sheet (the symbols at the top of index.html).
 *
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  svg.append(use);
  return svg;
}
