export { type ServiceSettings } from './service-definition.js';
