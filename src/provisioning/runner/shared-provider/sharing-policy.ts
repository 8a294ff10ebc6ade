import { type AppConfig } from '../../../config/app-config.js';
import { type SharingPolicy } from './shared-provider.js';

/** An apply that was interrupted at its limit may still need its provider for a while. */
const BEYOND_LIMITS_SECONDS = 3_600;

/**
 * The policy of this installation. Terraform looks at nothing of a provider it did not start, so that only one from a
 * mirror that is trusted anyway is shared.
 */
export function sharingPolicy({ env }: Pick<AppConfig, 'env'>): SharingPolicy {
  return {
    reach: env.PS_TERRAFORM_TRUST_MIRROR ? env.PS_TERRAFORM_SHARED_PROVIDER : 'off',
    lifetimeSeconds: env.PS_RUN_PLAN_TIMEOUT_SECONDS + env.PS_RUN_APPLY_TIMEOUT_SECONDS + BEYOND_LIMITS_SECONDS,
  };
}
