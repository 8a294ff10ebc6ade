/** Of this service; no general list has them. */
const OURS = ['sliderule', 'slideruleearth', 'icesat2', 'icesat-2'];

let loaded: Promise<Set<string>> | null = null;

/**
 * Whether the password is one of some 50,000 that people use most; letter case does not matter. The list is loaded at
 * the first question: unpacking it takes 0.1 s that no start should wait for.
 */
export async function isCommonPassword(password: string): Promise<boolean> {
  return (await (loaded ??= load())).has(password.toLowerCase());
}

async function load(): Promise<Set<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set([...dictionary['passwords-common'], ...OURS]);
}
