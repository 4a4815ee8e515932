import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { ROUTE_ROLES } from './route-roles.ts';

/** Refuses to start an app that has a route without `@RequireRole(...)` or `@Public()`. */
@Injectable()
export class RouteRoleCheck implements OnModuleInit {
  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const silent = this.discovery.getControllers().flatMap(({ metatype }) => {
      if (typeof metatype !== 'function') return [];
      const prototype: Record<string, () => unknown> = metatype.prototype;
      return new MetadataScanner()
        .getAllMethodNames(prototype)
        .map((name) => ({ name, handler: prototype[name]! }))
        .filter(({ handler }) => Reflect.hasMetadata(PATH_METADATA, handler))
        .filter(
          ({ handler }) => this.reflector.getAllAndOverride(ROUTE_ROLES, [handler, metatype]) === undefined,
        )
        .map(({ name }) => `${metatype.name}.${name}`);
    });
    if (silent.length > 0)
      throw new Error(
        `routes that state no role, put @RequireRole(...) or @Public() on them: ${silent.join(', ')}`,
      );
  }
}
