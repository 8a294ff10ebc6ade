import { execTarget } from './ecs-exec/exec-target.js';
import { SERVICE_OF_WORKER, serviceNames } from './service-names.js';

describe('serviceNames', () => {
  it('are made of the first label of the domain', () => {
    const names = { cluster: 'ps-testsliderule', service: 'ps-web', container: 'ps-web' };
    expect(serviceNames('testsliderule.org')).toEqual(names);
    expect(serviceNames('TestSlideRule')).toEqual(names);
    expect(serviceNames('slideruleearth.io', SERVICE_OF_WORKER)).toEqual({
      ...{ cluster: 'ps-slideruleearth', service: 'ps-worker', container: 'ps-worker' },
    });
  });

  it.each(['', '.org', 'a b.org', '-x.org', 'x-.org', '../x', 'a.org; ls', 'a..org', 'a.org.'])(
    'are not made of "%s"',
    (domain) => {
      expect(() => serviceNames(domain)).toThrow('no name of a domain');
    },
  );
});

describe('execTarget', () => {
  const configured = { PS_ECS_CLUSTER: 'own', PS_ECS_SERVICE: 'own-web', PS_ECS_CONTAINER: 'app' };

  it.each([
    ['nothing', {}, { cluster: 'own', service: 'own-web', task: null, container: 'app' }],
    [
      'another service',
      { service: 'own-worker' },
      { cluster: 'own', service: 'own-worker', task: null, container: 'own-worker' },
    ],
    ['a domain', { domain: 'a.org' }, { cluster: 'ps-a', service: 'ps-web', task: null, container: 'ps-web' }],
    [
      'the worker of a domain',
      { domain: 'a.org', service: 'ps-worker' },
      { cluster: 'ps-a', service: 'ps-worker', task: null, container: 'ps-worker' },
    ],
    ['a task', { task: 't' }, { cluster: 'own', service: null, task: 't', container: 'app' }],
    [
      'ARNs',
      { cluster: 'arn:aws:ecs:r:1:cluster/c', service: 'arn:aws:ecs:r:1:service/c/s' },
      { cluster: 'arn:aws:ecs:r:1:cluster/c', service: 'arn:aws:ecs:r:1:service/c/s', task: null, container: 's' },
    ],
  ])('says what is meant by %s', (_what, options, expected) => {
    expect(execTarget(options, configured)).toEqual(expected);
  });

  it('takes the usual names where nothing is configured, but no cluster', () => {
    const none = { PS_ECS_CLUSTER: undefined, PS_ECS_SERVICE: undefined, PS_ECS_CONTAINER: undefined };
    expect(execTarget({ cluster: 'c' }, none)).toEqual({
      cluster: 'c',
      service: 'ps-web',
      task: null,
      container: 'ps-web',
    });
    expect(() => execTarget({}, none)).toThrow('set PS_ECS_CLUSTER');
  });
});
