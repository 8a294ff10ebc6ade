import { type ServiceInputs, type ServiceSettings } from '../../../cdktf/service/service-inputs.js';

export { type ServiceInputs, type ServiceSettings };

type Inputs = typeof import('../../../cdktf/service/service-inputs.js');
type Stack = typeof import('../../../cdktf/service/service-stack.js');

/** What settings have to look like; needs nothing of cdktf. */
export async function settingsSchema(): Promise<Inputs['serviceInputsSchema']> {
  return (await import('../../../cdktf/service/service-inputs.js')).serviceInputsSchema;
}

export interface ServiceDefinition {
  secretNamesOf: Inputs['secretNamesOf'];
  synthesise: Stack['synthesiseService'];
  secretVariables: readonly string[];
  databaseUser: string;
  passwordVariable: string;
}

/** Imported late: with the bindings of the provider cdktf takes half a second and 90 MB. */
export async function serviceDefinition(): Promise<ServiceDefinition> {
  const { synthesiseService: synthesise } = await import('../../../cdktf/service/service-stack.js');
  const { secretNamesOf } = await import('../../../cdktf/service/service-inputs.js');
  const { SECRET_VARIABLES: secretVariables } = await import('../../../cdktf/service/secrets.js');
  const { DATABASE_USER, PASSWORD_VARIABLE } = await import('../../../cdktf/service/database.js');
  return {
    secretNamesOf,
    synthesise,
    secretVariables,
    databaseUser: DATABASE_USER,
    passwordVariable: PASSWORD_VARIABLE,
  };
}
