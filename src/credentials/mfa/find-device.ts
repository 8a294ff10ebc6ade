import { ProfileUnusableError } from '../credentials.errors.js';
import { type LoginQuestions } from '../credentials.types.js';
import { type LongTermKeys } from '../profiles/session-profile.js';
import { checkSerial, guessedSerial } from './login-rules.js';
import { type StsGateway } from './sts-gateway.js';

/** The serial of the device: the one that is given, or the profile's, or the one AWS tells of. */
export async function findDevice(
  given: string | null,
  keys: LongTermKeys,
  gateway: StsGateway,
  questions: LoginQuestions,
): Promise<string> {
  const known = given ?? keys.mfaSerial;
  if (known !== null) return checkSerial(known);
  const [serial, ...more] = await devices(keys, gateway);
  if (serial === undefined) {
    throw new ProfileUnusableError(
      'The user has no device whose codes can be typed. Register an authenticator app, or name its serial with --serial.',
    );
  }
  return checkSerial(more.length === 0 ? serial : await questions.device([serial, ...more]));
}

/** Users who may not list their devices most often have one that is named like themselves. */
async function devices(keys: LongTermKeys, gateway: StsGateway): Promise<string[]> {
  try {
    return await gateway.devices(keys);
  } catch (error) {
    const guessed = guessedSerial((await gateway.identity(keys)).arn);
    if (guessed === null) throw error;
    return [guessed];
  }
}
