import { z } from 'zod';
import { numberText } from './bill-json.ts';

const seconds = numberText
  .refine((text) => /^\d{1,12}$/.test(text), 'must be whole seconds since 1970')
  .transform(BigInt);

/** A time bucket of OpenAI's organization API: seconds, the end exclusive. The older spelling is `result`. */
export const unixBucket = z
  .looseObject({
    start_time: seconds,
    end_time: seconds,
    results: z.array(z.unknown()).optional(),
    result: z.array(z.unknown()).optional(),
  })
  .refine((bucket) => bucket.end_time > bucket.start_time, 'end_time must be after start_time')
  .transform((bucket) => ({
    start_time: bucket.start_time,
    end_time: bucket.end_time,
    results: bucket.results ?? bucket.result ?? [],
  }));
