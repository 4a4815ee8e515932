import {
  createParamDecorator,
  SetMetadata,
  type CustomDecorator,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Role } from '#store';
import type { Principal } from './principal.ts';

export const ROUTE_ROLES = 'outcome-ledger:roles';

/** A request that has passed the key guard. */
export interface AuthenticatedRequest extends FastifyRequest {
  principal?: Principal;
}

/** States who may call a route (or every route of a controller): a key with one of the roles, or an admin's. */
export const RequireRole = (...roles: [Role, ...Role[]]): CustomDecorator => SetMetadata(ROUTE_ROLES, roles);

/** States that a route needs no key (health, metrics, documentation). */
export const Public = (): CustomDecorator => SetMetadata(ROUTE_ROLES, 'public');

/** The calling principal, as a parameter of a route that is not public. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (principal === undefined) throw new Error('@Caller() on a route without @RequireRole(...)');
  return principal;
});
