const MODERN_PATH = /^\/(api\/v1|admin|health)(\/|$)/;

/** Whether a path belongs to the new API; everything else follows the rules of the old contract. */
export function isModernPath(path: string): boolean {
  return MODERN_PATH.test(path);
}

/** The path of a request target as the router sees it: without query, its escapes decoded except those of delimiters. */
export function routedPath(url: string): string {
  const [path] = splitPath(url);
  return path.includes('%') ? decodeURI(path) : path;
}

/**
 * A request target whose path the router can decode. In one that it cannot, every percent sign stands for itself, so
 * that the request reaches its route (or none) under a name that nothing has, instead of failing outside of all routes.
 */
export function withSoundEscapes(url: string): string {
  const [path, rest] = splitPath(url);
  return isDecodable(path) ? url : path.replaceAll('%', '%25') + rest;
}

function isDecodable(path: string): boolean {
  if (!path.includes('%')) return true;
  try {
    decodeURIComponent(path);
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

function splitPath(url: string): [path: string, rest: string] {
  const end = url.search(/[?#]/);
  return end < 0 ? [url, ''] : [url.slice(0, end), url.slice(end)];
}
