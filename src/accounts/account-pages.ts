import { createHash } from 'node:crypto';

export interface HtmlPage {
  html: string;
  /** Nothing but this page's own script and style, and requests to this service. */
  contentSecurityPolicy: string;
}

const STYLE = `
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 26rem; margin: 4rem auto; padding: 0 1rem; }
  label, input, button { display: block; width: 100%; box-sizing: border-box; font: inherit; }
  input, button { padding: 0.5rem; margin: 0.25rem 0 1rem; }`;

/** With a token behind the # the first form is shown, without one the second. */
const SCRIPT = `
  const token = location.hash.slice(1);
  const status = document.querySelector('[role=status]');
  const form = document.querySelector(token ? '#with-token' : '#without-token');
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    const fields = Object.fromEntries(new FormData(form));
    try {
      const answer = await fetch(form.dataset.action, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(token ? { ...fields, token } : fields),
      });
      const body = await answer.json();
      status.textContent = answer.ok ? form.dataset.done : body.detail;
      if (answer.ok) {
        form.hidden = true;
        history.replaceState(null, '', location.pathname);
      }
    } catch {
      status.textContent = 'The service cannot be reached. Try again in a moment.';
    }
    button.disabled = false;
  });`;

/** Picks up the session that waits for this browser, and shows its token to whoever has no other page to use it. */
const GITHUB_SCRIPT = `
  const status = document.querySelector('[role=status]');
  const show = async () => {
    if (location.hash === '#linked') {
      status.textContent = 'Your GitHub account is linked. You can log in with it from now on.';
      return;
    }
    try {
      const answer = await fetch('/api/v1/auth/github/session', { method: 'POST' });
      const body = await answer.json();
      status.textContent = answer.ok ? 'You are logged in.' : body.detail;
      if (!answer.ok) return;
      document.querySelector('#token').value = body.access_token;
      document.querySelector('#session').hidden = false;
    } catch {
      status.textContent = 'The service cannot be reached. Try again in a moment.';
    }
  };
  void show();`;

const ADDRESS_FIELD = `
      <label for="email">E-mail address</label>
      <input id="email" name="email" type="email" autocomplete="email" required />`;

const page = (title: string, forms: string, script = SCRIPT): HtmlPage => ({
  html: `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title}</title>
    <style>${STYLE}</style>
  </head>
  <body>
    <h1>${title}</h1>
    <p role="status"></p>${forms}
    <noscript>This page needs JavaScript.</noscript>
    <script>${script}</script>
  </body>
</html>
`,
  contentSecurityPolicy: [
    "default-src 'none'",
    `script-src '${sha256(script)}'`,
    `style-src '${sha256(STYLE)}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
});

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Where the link of a verification mail leads. Confirming takes a click: programs that look at mails follow links. */
export const VERIFY_EMAIL_PAGE = page(
  'Confirm your e-mail address',
  `
    <form id="with-token" data-action="/api/v1/accounts/verify-email"
      data-done="Your e-mail address is confirmed. You can log in now." hidden>
      <button>Confirm</button>
    </form>
    <form id="without-token" data-action="/api/v1/accounts/verify-email/resend"
      data-done="If an account waits for this address, a mail was sent to it." hidden>${ADDRESS_FIELD}
      <button>Send the mail again</button>
    </form>`,
);

/** Where the link of a password reset mail leads; without a token one asks for such a mail here. */
export const RESET_PASSWORD_PAGE = page(
  'Choose a new password',
  `
    <form id="with-token" data-action="/api/v1/accounts/password-reset/confirm"
      data-done="Your password is set. You can log in with it now." hidden>
      <label for="password">New password</label>
      <input id="password" name="newPassword" type="password" autocomplete="new-password" minlength="8" required />
      <button>Set the password</button>
    </form>
    <form id="without-token" data-action="/api/v1/accounts/password-reset"
      data-done="A mail was sent to this address. Follow the link in it." hidden>${ADDRESS_FIELD}
      <button>Send a mail</button>
    </form>`,
);

/** Where a login through GitHub ends that names no other page. */
export const GITHUB_PAGE = page(
  'Login through GitHub',
  `
    <form id="session" hidden>
      <label for="token">Your token for /api/v1, good for a limited time</label>
      <input id="token" readonly autocomplete="off" />
    </form>
    <p><a href="/api/v1/auth/github/start">Log in through GitHub</a></p>`,
  GITHUB_SCRIPT,
);
