import { StandardSchemaValidationPipe } from '@nestjs/common';

type Issue = Parameters<
  NonNullable<NonNullable<ConstructorParameters<typeof StandardSchemaValidationPipe>[0]>['exceptionFactory']>
>[0][number];

/** A parameter broke its zod schema; the filter lists the fields. */
export class InvalidFields extends Error {
  override readonly name = 'InvalidFields';
  constructor(readonly issues: readonly Issue[]) {
    super('a parameter breaks its schema');
  }
}

/** Nest's schema pipe, failing with the issues themselves instead of joined texts. */
export const schemaPipe = (): StandardSchemaValidationPipe =>
  new StandardSchemaValidationPipe({ exceptionFactory: (issues) => new InvalidFields(issues) });
