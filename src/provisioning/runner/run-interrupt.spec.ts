import { type InterruptReason, reasonOf, RunInterrupt, systemRequester } from './run-interrupt.js';

describe('RunInterrupt', () => {
  it('keeps the first reason and tells every listener once', () => {
    const interrupt = new RunInterrupt();
    const heard: string[] = [];
    interrupt.onRequest((reason) => heard.push(`early ${reason}`));
    interrupt.request('timeout');
    interrupt.request('cancel');
    interrupt.onRequest((reason) => heard.push(`late ${reason}`));
    expect(interrupt.requested).toBe('timeout');
    expect(heard).toEqual(['early timeout', 'late timeout']);
  });

  it('stops for want of contact what changes nothing yet, but lets changes that began come to their end', () => {
    const planning = new RunInterrupt();
    planning.request('out_of_contact');
    expect(planning.requested).toBe('out_of_contact');
    const applying = new RunInterrupt();
    applying.changesBegin();
    applying.request('out_of_contact');
    expect(applying.requested).toBeNull();
    applying.request('cancel');
    expect(applying.requested).toBe('cancel');
  });

  it('finds the reason again in the record of who asked', () => {
    const reasons: InterruptReason[] = ['timeout', 'shutdown', 'out_of_contact'];
    for (const reason of reasons) expect(reasonOf(systemRequester(reason))).toBe(reason);
    expect(reasonOf('user:ann')).toBe('cancel');
    expect(reasonOf(null)).toBe('cancel');
  });
});
