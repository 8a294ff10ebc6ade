/** A command's processes are gone and nobody wrote down how it ended; only what it left behind can tell. */
export class CommandVanishedError extends Error {
  constructor(directory: string) {
    super(
      `The processes of ${directory} ended without an exit code; they were killed from outside or the host went down`,
    );
  }
}

/** A command was not started at all: nothing of it ran, so nothing was changed. */
export class CommandNotStartedError extends Error {
  constructor(directory: string, reason: string) {
    super(`The command of ${directory} could not be started: ${reason}`);
  }
}
