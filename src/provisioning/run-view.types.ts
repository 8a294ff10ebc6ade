export { plannedChangeSchema, type RunResponse, runSchema } from './runs/run.schemas.js';
