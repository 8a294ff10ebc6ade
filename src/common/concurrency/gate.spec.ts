import { Gate, GateFullError } from './gate.js';

interface Task {
  name: string;
  succeed: () => void;
  fail: () => void;
}

describe('Gate', () => {
  let started: Task[];
  let gate: Gate;
  beforeEach(() => {
    started = [];
    gate = new Gate(2);
  });

  const enter = (name: string): Promise<string> =>
    gate.run(
      () =>
        new Promise((resolve, reject) => {
          const succeed = (): void => {
            resolve(name);
          };
          const fail = (): void => {
            reject(new Error(name));
          };
          started.push({ name, succeed, fail });
        }),
    );
  const names = () => started.map(({ name }) => name);

  it('starts no more tasks than it has room for, and the waiting ones in order', async () => {
    const results = ['a', 'b', 'c', 'd'].map(enter);
    expect(names()).toEqual(['a', 'b']);
    started[1]!.succeed();
    await expect(results[1]).resolves.toBe('b');
    expect(names()).toEqual(['a', 'b', 'c']);
    started[0]!.succeed();
    await expect(results[0]).resolves.toBe('a');
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('makes room when a task fails', async () => {
    const [first, second, third] = ['a', 'b', 'c'].map(enter);
    started[0]!.fail();
    await expect(first).rejects.toThrow('a');
    started.slice(1).forEach(({ succeed }) => {
      succeed();
    });
    await expect(Promise.all([second, third])).resolves.toEqual(['b', 'c']);
  });

  it('refuses what finds too many waiting, until there is room again', async () => {
    gate = new Gate(1, 1);
    const [first, second] = ['a', 'b'].map(enter);
    await expect(enter('c')).rejects.toThrow(GateFullError);
    started[0]!.succeed();
    await first;
    const fourth = enter('d');
    started[1]!.succeed();
    await second;
    started[2]!.succeed();
    await expect(fourth).resolves.toBe('d');
    expect(names()).toEqual(['a', 'b', 'd']);
  });
});
