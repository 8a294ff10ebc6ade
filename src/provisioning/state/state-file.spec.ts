import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidStateError, newestState, readStateFile, summariseState, withSerial } from './state-file.js';

const state = (lineage: string, serial: number, text = '') => ({ lineage, serial, content: Buffer.from(text) });

describe('the newest of several states', () => {
  it('is the one with the highest serial, wherever it stands', () => {
    const states = [state('a', 3), state('a', 7), state('a', 5)];
    expect(newestState(states)?.serial).toBe(7);
    expect(newestState([...states].reverse())?.serial).toBe(7);
  });

  it('is never one of another lineage than the first, however high its serial', () => {
    expect(newestState([state('a', 3), state('b', 99)])).toEqual(state('a', 3));
    expect(newestState([null, state('b', 99), state('a', 3), state('b', 100)])).toEqual(state('b', 100));
  });

  it('is the last one written when serials are equal', () => {
    expect(newestState([state('a', 3, 'stored'), state('a', 3, 'errored')])).toEqual(state('a', 3, 'errored'));
  });

  it('is null when there is none', () => {
    expect(newestState([])).toBeNull();
    expect(newestState([null, null])).toBeNull();
  });
});

describe('a state file', () => {
  let directory: string;
  let path: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ps-state-'));
    path = join(directory, 'terraform.tfstate');
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  it('may be missing or empty, which is no state', () => {
    expect(readStateFile(path)).toBeNull();
    writeFileSync(path, '');
    expect(readStateFile(path)).toBeNull();
  });

  it('is named when it cannot be read, with the reason', () => {
    writeFileSync(path, '{"version": 4, "ser');
    expect(() => readStateFile(path)).toThrow(InvalidStateError);
    expect(() => readStateFile(path)).toThrow(path);
    writeFileSync(path, '{"version": 3, "serial": 1, "lineage": "a"}');
    expect(() => readStateFile(path)).toThrow('version');
  });

  it('is summed up without data sources and sensitive outputs', () => {
    const resource = (mode: string, name: string, count: number, module?: string) => ({
      ...(module === undefined ? {} : { module }),
      mode,
      type: 'terraform_data',
      name,
      instances: Array.from({ length: count }, () => ({})),
    });
    const content = {
      version: 4,
      serial: 2,
      lineage: 'a',
      outputs: { open: { value: 1 }, hidden: { value: 'x', sensitive: true } },
      resources: [
        resource('managed', 'node', 2),
        resource('managed', 'node', 1, 'module.m'),
        resource('data', 'ami', 1),
      ],
    };
    writeFileSync(path, JSON.stringify(content));
    expect(summariseState(readStateFile(path)!, path)).toEqual({
      serial: 2,
      lineage: 'a',
      resourceCounts: { 'terraform_data.node': 2, 'module.m.terraform_data.node': 1 },
      outputs: { open: 1 },
    });
  });
});

describe('a state under another serial', () => {
  it('is the same in everything else, byte for byte', () => {
    const text = (serial: number) =>
      `{\n  "version": 4, "note": "serial", "text": "\\"serial\\": 1 {",\n  "resources": [{"serial": 5, "big": 12345678901234567890.10}],\n  "serial" : ${serial},\n  "lineage": "a"\n}`;
    expect(withSerial(Buffer.from(text(7)), 12).toString()).toBe(text(12));
  });

  it('needs one it had before', () => {
    expect(() => withSerial(Buffer.from('{"resources": [{"serial": 5}]}'), 1)).toThrow(InvalidStateError);
  });
});
