import { type AppConfig } from '../../config/app-config.js';
import { type StepLimits } from './run-steps.js';

/** The limits of this installation, in seconds. */
export function stepLimits({ env }: AppConfig): StepLimits {
  return {
    init: env.PS_RUN_INIT_TIMEOUT_SECONDS,
    plan: env.PS_RUN_PLAN_TIMEOUT_SECONDS,
    apply: env.PS_RUN_APPLY_TIMEOUT_SECONDS,
    approval: env.PS_RUN_APPROVAL_SECONDS,
  };
}
