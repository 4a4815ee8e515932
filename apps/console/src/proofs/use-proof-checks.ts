import { useQuery } from '@tanstack/react-query';

type ProofChecks = typeof import('./check-proofs.ts');

/** The code that checks proofs, loaded when a page needs it. */
export function useProofChecks(): ProofChecks | null {
  const code = useQuery({
    queryKey: ['code', 'check-proofs'],
    queryFn: () => import('./check-proofs.ts'),
    staleTime: Infinity,
  });
  return code.data ?? null;
}
