import input from '@inquirer/input';
import { errorMessage } from '../common/errors/domain-error.js';
import { parseAnswer, questionText } from '../database/schema/answers.js';
import { type Question } from '../database/schema/question.types.js';
import { sayOnStderr } from './migration-options.js';

/** Asks until the answer is one. */
export async function askAtTerminal(question: Question): Promise<string> {
  sayOnStderr(`\n${questionText(question)}`);
  return input({
    message: `${question.id}:`,
    required: true,
    validate: (text) => {
      try {
        parseAnswer(question, text);
        return true;
      } catch (error) {
        return errorMessage(error);
      }
    },
  });
}
