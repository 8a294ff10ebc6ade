const PRINTABLE = /^[\x20-\x7e]*$/;
const LONGEST = 2_000;

/**
 * A command line that sends the request again to $URL. The token of a role is a variable of its name: the service that
 * took it is gone.
 */
export function curlLine({ method, path, headers, body }, role) {
  const parts = ['curl', '-i', '--path-as-is', '-X', method];
  for (const [name, value] of Object.entries(headers)) {
    const isOwnToken = name === 'authorization' && value.split('.').length === 3 && value.length < 2_000;
    parts.push('-H', isOwnToken ? `"authorization: Bearer $${role.toUpperCase()}"` : quoted(`${name}: ${value}`));
  }
  if (body !== undefined) parts.push('--data-binary', '@-');
  parts.push(`"$URL"${quoted(path)}`);
  return body === undefined ? parts.join(' ') : `${piped(body)} | ${parts.join(' ')}`;
}

function piped(body) {
  if (body.length > LONGEST && new Set(body.slice(10, -10)).size === 1)
    return `{ printf %s ${quoted(body.slice(0, 10))}; head -c ${body.length - 20} /dev/zero | tr '\\0' ${quoted(body[10])}; printf %s ${quoted(body.slice(-10))}; }`;
  if (PRINTABLE.test(body)) return `printf %s ${quoted(body)}`;
  return `echo ${Buffer.from(body).toString('base64')} | base64 -d`;
}

/** For a POSIX shell. */
function quoted(text) {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
