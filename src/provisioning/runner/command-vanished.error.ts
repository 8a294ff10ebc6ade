/** A command's processes are gone and nobody wrote down how it ended; only what it left behind can tell. */
export class CommandVanishedError extends Error {
  constructor(directory: string) {
    super(
      `The processes of ${directory} ended without an exit code; they were killed from outside or the host went down`,
    );
  }
}
