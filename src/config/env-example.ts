import { z } from 'zod';
import { PRODUCTION_REQUIRED } from './app-config.js';
import { type EnvName, envSchema } from './env.schema.js';

const HEADER = `# Every environment variable of ps-server, with its default. In development none has to be set.
# The service reads its environment and no file; to use this one, copy it to .env, edit it, and start with
#   set -a; . ./.env; set +a
# Made by "node dist/src/entrypoints/psctl.js config --example > .env.example"; a test fails when the two differ.
`;

const variableSchema = z.looseObject({
  description: z.string(),
  default: z.union([z.string(), z.number(), z.boolean()]).optional(),
  defaultText: z.string().optional(),
  type: z.string().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});

type Variable = z.infer<typeof variableSchema>;

const documentSchema = z.looseObject({ properties: z.record(z.string(), variableSchema) });

/** The text of `.env.example`. The same on every machine, and without any secret: those have no default. */
export function envExample(): string {
  const { properties } = documentSchema.parse(z.toJSONSchema(envSchema, { io: 'input', unrepresentable: 'any' }));
  const paragraphs = Object.entries(properties).map(([name, variable]) => paragraph(name as EnvName, variable));
  return [HEADER, ...paragraphs].join('\n');
}

function paragraph(name: EnvName, variable: Variable): string {
  const comments = [
    variable.description,
    allowed(variable),
    variable.defaultText && `default: ${variable.defaultText}`,
    PRODUCTION_REQUIRED.includes(name) && 'required in production',
  ];
  const value = variable.defaultText === undefined ? (variable.default ?? '') : '';
  return [...comments.filter(Boolean).map((comment) => `# ${String(comment)}`), `#${name}=${value}`, ''].join('\n');
}

function allowed({ type, enum: values, minimum, maximum }: Variable): string | null {
  if (values) return values.join(' | ');
  if (minimum === undefined || maximum === undefined) return null;
  return `${type === 'integer' ? 'whole number' : 'number'} from ${minimum} to ${maximum}`;
}
