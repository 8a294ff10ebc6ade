import { type AppConfig } from '../../config/app-config.js';
import { type SynthesisedStack } from '../targets/target.js';
import { type PhaseContext } from './phase-runner.js';
import { SharedProvider } from './shared-provider/shared-provider.js';
import { sharingPolicy } from './shared-provider/sharing-policy.js';
import { terraformEnvironment } from './terraform-environment.js';

/** What all phases of a run share, for this Terraform (a path) and this stack; `run` is what the run itself brings. */
export function phaseContext(
  run: Omit<PhaseContext, 'binary' | 'environment' | 'provider'>,
  { path: binary }: { path: string },
  stack: Pick<SynthesisedStack, 'environment'>,
  config: Pick<AppConfig, 'passedEnvironment' | 'env'>,
): PhaseContext {
  const passed = { ...config.passedEnvironment, ...stack.environment };
  const environment = terraformEnvironment(run.workdir, binary, passed);
  return { ...run, binary, environment, provider: new SharedProvider({ ...run, environment }, sharingPolicy(config)) };
}
