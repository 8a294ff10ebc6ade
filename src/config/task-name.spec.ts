import { hostname } from 'node:os';
import { taskName } from './task-name.js';

it('is the task on ECS, and the host everywhere else', () => {
  const task = 'cd189a933e5849daa93386466019ab50';
  const address = `http://169.254.170.2/v4/${task}-2495160603`;
  expect(taskName({ ECS_CONTAINER_METADATA_URI_V4: address })).toBe(task);
  expect(taskName({ ECS_CONTAINER_METADATA_URI_V4: 'http://somewhere/else' })).toBe(hostname());
  expect(taskName({})).toBe(hostname());
});
