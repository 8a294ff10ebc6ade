import { type GithubUsersService } from '../../github/github-users.service.js';
import { type ThrottleService } from '../../throttling/throttle.service.js';
import { type SocialAccountsService } from '../../users/social/social-accounts.service.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { type OrganizationTokensService } from '../organization-tokens.service.js';
import { GithubLoginService } from './github-login.service.js';

const USER = { id: 7, username: 'ann' };

describe('a login through GitHub', () => {
  it('lets somebody in whom another login of theirs links in the same moment', async () => {
    let isLinked = false;
    /** The other login is done as soon as this one has looked for the first time. */
    const answered = <Answer>(answer: Answer): Promise<Answer> => {
      isLinked = true;
      return Promise.resolve(answer);
    };
    const accounts = {
      isLinked: () => answered(isLinked),
      logIn: () => answered(isLinked ? USER : null),
      admit: () => Promise.resolve(USER),
    } as unknown as SocialAccountsService;
    const github = {
      owner: () => Promise.resolve({ uid: '1', login: 'ann', name: null }),
      verifiedPrimaryEmail: () => Promise.resolve('ann@example.org'),
    } as unknown as GithubUsersService;
    const nothing = {} as unknown;
    const logins = new GithubLoginService(
      github,
      accounts,
      nothing as OrganizationTokensService,
      nothing as ThrottleService,
      new TestClock(),
    );
    expect(await logins.user('token')).toBe(USER);
  });
});
