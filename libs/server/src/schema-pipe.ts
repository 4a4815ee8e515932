import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';

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

/**
 * Nest's schema pipe, failing with the issues themselves instead of joined texts. A parameter that has a name of its
 * own (`:id` of a path) stands first in the path of each issue: its schema is of the value alone, and cannot name it.
 */
class SchemaPipe extends StandardSchemaValidationPipe {
  override async transform<Value>(value: Value, metadata: ArgumentMetadata): Promise<Value> {
    try {
      return await super.transform<Value>(value, metadata);
    } catch (error) {
      const name = metadata.data;
      if (name === undefined || !(error instanceof InvalidFields)) throw error;
      throw new InvalidFields(
        error.issues.map((issue) => ({ ...issue, path: [name, ...(issue.path ?? [])] })),
      );
    }
  }
}

export const schemaPipe = (): StandardSchemaValidationPipe =>
  new SchemaPipe({ exceptionFactory: (issues) => new InvalidFields(issues) });
