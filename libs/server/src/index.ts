/** What the Nest apps share: key guard, roles, problem details, health, metrics, logging and the life of a process. */
export { createHttpApp } from './create-http-app.ts';
export { KeyAuthentication } from './key-authentication.ts';
export { createMetrics } from './metrics.controller.ts';
export { mayAct } from './principal.ts';
export type { Principal } from './principal.ts';
export { fieldPath, toProblem } from './problem.ts';
export { LOGGER, logToStdout, ProcessLogger } from './process-logger.ts';
export { Caller, Public, RequireRole } from './route-roles.ts';
export type { AuthenticatedRequest } from './route-roles.ts';
export { runUntilStopped, STARTED } from './run-until-stopped.ts';
export type { Running } from './run-until-stopped.ts';
export { ServerModule } from './server.module.ts';
export type { ServerParts } from './server.module.ts';
