#!/usr/bin/env node
import 'reflect-metadata';
import { openCliContext } from '../app/open-cli-context.js';
import { createProgram } from '../cli/program.js';

await createProgram(openCliContext).parseAsync();
