// @ts-check
/**
 * The token of an invitation link (`/?token=...`): taken out of the address before anything else happens, so that it is
 * in no history, no copied link and no screenshot, and exchanged for a cookie that no script can read.
 */

/**
 * The token of an address, and the address without it.
 *
 * @param {string} href
 * @returns {{ token: string|null, address: string }}
 */
export function splitInvitation(href) {
  const url = new URL(href);
  const token = url.searchParams.get('token');
  url.searchParams.delete('token');
  return { token, address: url.pathname + url.search + url.hash };
}

/**
 * Exchanges the token of the page's own address, if it has one. Never fails: without the cookie, the connection that
 * follows is refused and says so.
 *
 * @param {{ href: string, replace: (address: string) => void, post: typeof fetch }} page
 * @returns {Promise<boolean>} whether the service accepted a token
 */
export async function acceptInvitation(page) {
  const { token, address } = splitInvitation(page.href);
  if (token === null) {
    return false;
  }
  page.replace(address);
  try {
    const response = await page.post('/api/v1/session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ token }),
      signal: AbortSignal.timeout(5000),
    });
    return response.ok;
  } catch {
    return false;
  }
}
