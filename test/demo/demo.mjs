// @ts-check
/*
 * make demo: the whole path of a newcomer against the real service, in a throwaway directory. Exit code 0 when all of it
 * worked, 1 when something failed, 130 or 143 when it was interrupted; nothing is left running in any case.
 */
import { DemoFailure } from './demo-failure.mjs';
import { DemoService } from './demo-service.mjs';
import { Screen } from './screen.mjs';
import { Story } from './story.mjs';

const LIMIT_MS = 300_000;
const SHOWN_LOG_LINES = 20;
/** npm hands on the Ctrl-C that the terminal has sent already, so one key press may arrive twice. */
const SAME_KEY_PRESS_MS = 1_000;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const screen = new Screen(process.stdout);
const interruption = new AbortController();
const impatience = new AbortController();
let exitCode = 0;

for (const [name, code] of Object.entries(EXIT_CODES)) {
  let firstAt = 0;
  process.on(name, () => {
    if (!interruption.signal.aborted) {
      firstAt = performance.now();
      exitCode = code;
      interruption.abort(new DemoFailure('Interrupted.', { needsLog: false }));
    } else if (performance.now() - firstAt > SAME_KEY_PRESS_MS) impatience.abort();
  });
}
const limit = setTimeout(() => {
  interruption.abort(new DemoFailure(`It is not done after ${LIMIT_MS / 1000} s.`, { needsLog: true }));
}, LIMIT_MS);

const startedAt = performance.now();
const service = new DemoService();
try {
  await new Story(service, screen, interruption.signal).tell();
} catch (error) {
  exitCode ||= 1;
  screen.settle();
  report(interruption.signal.aborted ? interruption.signal.reason : error);
} finally {
  clearTimeout(limit);
  await service.stop(impatience.signal);
}
if (exitCode === 0) {
  screen.step('Everything is stopped and removed again');
  screen.say(`done in ${((performance.now() - startedAt) / 1000).toFixed(1)} s; "make up" starts a service that stays`);
}
process.exit(exitCode);

/** @param {unknown} error */
function report(error) {
  const isExpected = error instanceof DemoFailure;
  const text = isExpected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`\nThe demo stopped. ${text}\n`);
  if (isExpected && !error.needsLog) return;
  process.stderr.write(`\nThe last lines of the service's log:\n`);
  for (const line of service.log.slice(-SHOWN_LOG_LINES)) process.stderr.write(`  ${line}\n`);
}
