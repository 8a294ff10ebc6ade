export interface ThrottleLimit {
  /** How many are let through in one window. */
  attempts: number;
  windowSeconds: number;
}

interface ThrottleRule {
  /** `failures` gives an attempt back when it succeeds; `attempts` counts whatever comes of it. */
  counts: 'failures' | 'attempts';
  /** By kind of subject; each has a counter of its own and all must have room. */
  limits: Readonly<Record<string, ThrottleLimit>>;
}

const MINUTE = 60;

/**
 * How often something may be tried. The figures of the web pages are those of the system being replaced (contract
 * section 5.1); its API had none (B21), so the API gets generous ones: old clients send a wrong password twice at once,
 * and notebooks try again by themselves.
 */
export const THROTTLE_RULES = {
  sessionLogin: {
    counts: 'failures',
    limits: {
      account: { attempts: 5, windowSeconds: 5 * MINUTE },
      address: { attempts: 100, windowSeconds: MINUTE },
    },
  },
  organizationLogin: {
    counts: 'failures',
    limits: {
      account: { attempts: 30, windowSeconds: 5 * MINUTE },
      // A whole course may log in at one moment from the one address of its hub, and each counts until it is let in.
      address: { attempts: 300, windowSeconds: MINUTE },
    },
  },
  // A static code, so whoever knows a developer's password must not be able to try all of them.
  provisioningCode: { counts: 'failures', limits: { account: { attempts: 10, windowSeconds: 5 * MINUTE } } },
  // Each asks GitHub, which stops to answer an address that brings many wrong tokens; a course as above.
  githubToken: { counts: 'failures', limits: { address: { attempts: 300, windowSeconds: MINUTE } } },
  githubLogin: { counts: 'attempts', limits: { address: { attempts: 100, windowSeconds: MINUTE } } },
  registration: { counts: 'attempts', limits: { address: { attempts: 20, windowSeconds: MINUTE } } },
  passwordReset: {
    counts: 'attempts',
    limits: { address: { attempts: 20, windowSeconds: MINUTE }, mailbox: { attempts: 5, windowSeconds: MINUTE } },
  },
  oneTimeKey: { counts: 'failures', limits: { address: { attempts: 20, windowSeconds: MINUTE } } },
  // One mail in three minutes per mailbox is the outbox's to hold: registrations and logins ask for the same mail.
  confirmationMail: { counts: 'attempts', limits: { address: { attempts: 20, windowSeconds: MINUTE } } },
  // Wherever the password is asked for again: a stolen session must not be able to find it out.
  passwordConfirmation: { counts: 'failures', limits: { account: { attempts: 5, windowSeconds: MINUTE } } },
  addressChange: { counts: 'attempts', limits: { account: { attempts: 10, windowSeconds: MINUTE } } },
  // Six digits that only AWS knows; five tries in five minutes (operations, B5.7).
  awsCode: { counts: 'attempts', limits: { account: { attempts: 5, windowSeconds: 5 * MINUTE } } },
  passcode: {
    counts: 'failures',
    limits: { account: { attempts: 10, windowSeconds: 5 * MINUTE }, address: { attempts: 30, windowSeconds: MINUTE } },
  },
} as const satisfies Record<string, ThrottleRule>;

export type ThrottleRuleName = keyof typeof THROTTLE_RULES;

/** One text per kind of subject of the rule: who or what the attempt is counted for. */
export type ThrottleSubjects<Rule extends ThrottleRuleName> = Record<
  keyof (typeof THROTTLE_RULES)[Rule]['limits'],
  string
>;

export function throttleRule(name: ThrottleRuleName): ThrottleRule {
  return THROTTLE_RULES[name];
}
