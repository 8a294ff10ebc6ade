import { openStage } from '../bench/support/stage.mjs';
import { startService } from '../bench/support/processes.mjs';
import { FuzzRun } from './fuzz-run.mjs';
import { Population, ROLES } from './population.mjs';
import { operationsOf } from './request-generator.mjs';

const DOCUMENTS = ['/api/v1/openapi.json', '/api/schema/?format=json'];
/** They ask GitHub, which no test may. test/contract/github asks one that stands in for it, and which lets them down. */
const ASKS_GITHUB = /org_token_github|github\/(start|device|browser)$/;
const ANSWER_LIMIT_MS = 10_000;
const SERIOUS = /"level":"(error|fatal)"/;

/** Sends `requests` arbitrary requests to a service of its own and holds every answer against its documents. */
export async function fuzzService({ requests, seed, onProgress }) {
  const stage = await openStage();
  try {
    await stage.seed({ organizations: 1, users: 1, organizationsPerUser: 1 });
    const service = await startService(stage.serviceEnvironment('api'));
    try {
      const documents = await Promise.all(DOCUMENTS.map((path) => readDocument(service.url, path)));
      const run = new FuzzRun({
        url: service.url,
        operations: operationsOf(documents).filter(({ path }) => !ASKS_GITHUB.test(path.replace(/\/$/, ''))),
        roles: ROLES,
        populate: (client) => Population.create(client, stage.database.pool),
        answerLimitMs: ANSWER_LIMIT_MS,
      });
      const begin = performance.now();
      await run.send(requests, seed, onProgress);
      const seconds = Math.round((performance.now() - begin) / 100) / 10;
      const complaints = service.log.filter((line) => SERIOUS.test(line));
      return { seed, requests, seconds, ...run.result(), complaints };
    } finally {
      await service.stop();
    }
  } finally {
    await stage.close();
  }
}

async function readDocument(url, path) {
  return (await fetch(`${url}${path}`)).json();
}
