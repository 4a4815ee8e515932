import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RejectedInput } from '#model';
import { KeyAuthentication } from './key-authentication.ts';
import type { Role } from '#store';
import { mayAct } from './principal.ts';
import { ROUTE_ROLES, type AuthenticatedRequest } from './route-roles.ts';

/** Lets a request through when its key holds a role that the route states; puts the principal on the request. */
@Injectable()
export class KeyGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(KeyAuthentication) private readonly keys: KeyAuthentication,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const stated = this.reflector.getAllAndOverride<readonly Role[] | 'public' | undefined>(ROUTE_ROLES, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (stated === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const principal = await this.keys.authenticate(request.headers.authorization);
    if (principal === null)
      throw new RejectedInput('unauthenticated', 'send an API key: Authorization: Bearer olk_...');
    if (stated === undefined || !mayAct(principal, stated))
      throw new RejectedInput(
        'forbidden',
        `this needs a key with the role ${stated?.join(' or ') ?? '(none stated)'}`,
      );
    request.principal = principal;
    return true;
  }
}
