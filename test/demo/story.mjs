// @ts-check
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient } from './api-client.mjs';
import { DemoFailure } from './demo-failure.mjs';
import { watchRun } from './run-watch.mjs';

/** @typedef {import('./api-client.mjs').Token} Token */

const ORGANIZATION = 'demo-lab';
const TTL_MINUTES = 15;
const POLL_MS = 50;
const POLL_LIMIT_MS = 30_000;

/**
 * The main job, told from the side of those who use it: an administrator sets an organization up, a member gets a
 * cluster, grows it and gives it back.
 */
export class Story {
  #password = randomBytes(12).toString('base64url');
  /** @type {Token} */
  #token = { name: 'TOKEN', value: '' };

  /**
   * @param {import('./demo-service.mjs').DemoService} service
   * @param {import('./screen.mjs').Screen} screen
   * @param {AbortSignal} signal
   */
  constructor(service, screen, signal) {
    this.service = service;
    this.screen = screen;
    this.signal = signal;
    this.client = new ApiClient('', screen, signal);
    this.client.hide('PASSWORD', this.#password);
  }

  async tell() {
    await this.#start();
    await this.#createAccounts();
    await this.#logIn();
    await this.#ask(3);
    await this.#lookAt(3);
    await this.#ask(5);
    await this.#lookAt(5);
    await this.#release();
  }

  async #start() {
    this.screen.step('Start the service; it brings its own Postgres when none is configured');
    this.screen.command(`PS_DATA_DIRECTORY=${this.service.environment.PS_DATA_DIRECTORY} PS_PORT=0 npm start`);
    const before = performance.now();
    this.client.url = await this.service.start(this.signal);
    this.screen.say(`ready after ${((performance.now() - before) / 1000).toFixed(1)} s; below, URL=${this.client.url}`);
    /** @type {{ findings: { code: string, message: string }[] }} */
    const { findings } = await this.client.ask({ method: 'GET', path: '/health/report' });
    const missing = findings.find(({ code }) => code === 'provisioning.unavailable');
    if (missing) throw new DemoFailure(missing.message, { needsLog: false });
  }

  async #createAccounts() {
    this.screen.step('Create an administrator, who creates an organization with an owner and a member');
    const superuser = ['createsuperuser', '--username', 'root', '--email', 'root@example.org', '--password-stdin'];
    this.screen.command(`echo "$PASSWORD" | npx psctl ${superuser.join(' ')}`);
    this.screen.say(await this.service.psctl(superuser, this.#password, this.signal));
    const login = { username: 'root', password: this.#password };
    /** @type {{ access_token: string }} */
    const session = await this.client.show({ method: 'POST', path: '/api/v1/auth/login', body: login });
    const token = { name: 'ADMIN_TOKEN', value: session.access_token };
    for (const username of ['owner', 'member']) {
      const body = { username, email: `${username}@example.org`, password: this.#password };
      await this.client.show({ method: 'POST', path: '/admin/users', body, token });
    }
    const organization = { name: ORGANIZATION, owner: 'owner', target: 'local' };
    /** @type {{ id: string }} */
    const { id } = await this.client.show({ method: 'POST', path: '/admin/organizations', body: organization, token });
    const membership = { username: 'member', role: 'member', status: 'active' };
    const path = `/admin/organizations/${id}/memberships`;
    await this.client.show({ method: 'POST', path, body: membership, token });
  }

  async #logIn() {
    this.screen.step('The member logs in, as the Python client does');
    const body = { username: 'member', password: this.#password, org_name: ORGANIZATION };
    /** @type {{ access: string, access_lifetime: string }} */
    const answer = await this.client.show({ method: 'POST', path: '/api/org_token/', body });
    this.#token = { name: 'TOKEN', value: answer.access };
    this.screen.say(`TOKEN is good for ${Number(answer.access_lifetime) / 60} minutes`);
  }

  /** @param {number} nodes */
  async #ask(nodes) {
    this.screen.step(`Ask for ${nodes} nodes for ${TTL_MINUTES} minutes`);
    const before = await this.#newestRun();
    const path = `/api/desired_org_num_nodes_ttl/${ORGANIZATION}/${nodes}/${TTL_MINUTES}/`;
    /** @type {{ status: string, msg: string }} */
    const answer = await this.client.show({ method: 'POST', path, token: this.#token });
    this.screen.say(`${answer.status}: ${answer.msg}`);
    await this.#watchRunAfter(before);
  }

  /** @param {number} nodes */
  async #lookAt(nodes) {
    const address = { method: 'GET', path: `/api/org_ip_adr/${ORGANIZATION}/`, token: this.#token };
    const size = { method: 'GET', path: `/api/org_num_nodes/${ORGANIZATION}/`, token: this.#token };
    // A run has ended a moment before its cluster is known to be there.
    await this.#until(`${nodes} nodes`, async () => {
      /** @type {{ current_nodes: number }} */
      const { current_nodes: current } = await this.client.ask(size);
      return current === nodes ? current : null;
    });
    /** @type {{ ip_address: string }} */
    const { ip_address: ip } = await this.client.show(address);
    this.screen.say(`the cluster's address is ${ip}`);
    /** @type {{ current_nodes: number, min_nodes: number, max_nodes: number }} */
    const answer = await this.client.show(size);
    this.screen.say(`${answer.current_nodes} nodes; at least ${answer.min_nodes}, at most ${answer.max_nodes}`);
  }

  async #release() {
    this.screen.step('Release the requests; a cluster nobody needs is taken down');
    const before = await this.#newestRun();
    const path = `/api/v1/organizations/${ORGANIZATION}/capacity-requests`;
    /** @type {{ released: number }} */
    const { released } = await this.client.show({ method: 'DELETE', path, token: this.#token });
    this.screen.say(`${released} requests released`);
    await this.#watchRunAfter(before);
  }

  /** @param {string | null} previous */
  async #watchRunAfter(previous) {
    const id = await this.#until('a run', async () => {
      const newest = await this.#newestRun();
      return newest === previous ? null : newest;
    });
    const path = `/api/v1/organizations/${ORGANIZATION}/runs/${id}/events`;
    await watchRun(this.client, { method: 'GET', path, token: this.#token }, this.screen);
  }

  async #newestRun() {
    const path = `/api/v1/organizations/${ORGANIZATION}/runs?limit=1`;
    /** @type {{ runs: { id: string }[] }} */
    const { runs } = await this.client.ask({ method: 'GET', path, token: this.#token });
    return runs[0]?.id ?? null;
  }

  /**
   * @template T
   * @param {string} what
   * @param {() => Promise<T | null>} look
   * @returns {Promise<T>}
   */
  async #until(what, look) {
    const end = performance.now() + POLL_LIMIT_MS;
    for (;;) {
      const seen = await look();
      if (seen !== null) return seen;
      if (performance.now() > end) {
        throw new DemoFailure(`Waited ${POLL_LIMIT_MS / 1000} s for ${what}, in vain.`, { needsLog: true });
      }
      await delay(POLL_MS, undefined, { signal: this.signal });
    }
  }
}
