/** What a link says, apart from its place. */
export interface LinkClaim {
  /** The work item, and the trace or step: one link stands for each. */
  readonly slot: string;
  /** Equal texts say the same. */
  readonly says: string;
}

/** A change of the links of a trace: `link` null = what is superseded holds no longer. */
export interface LinkChange<Wanted, Standing> {
  readonly link: Wanted | null;
  readonly supersedes: Standing | null;
}

/**
 * What must be appended so that exactly the wanted links stand: nothing where the same stands, a superseding link
 * where another claim stands in the same place, a withdrawal for each link that nothing replaces. Pure; doing it
 * again after its result changes nothing.
 *
 * @param wanted one per slot
 * @param standing any number per slot: older versions left some standing beside each other
 */
export function supersedeLinks<Wanted extends LinkClaim, Standing extends LinkClaim>(
  wanted: readonly Wanted[],
  standing: readonly Standing[],
): LinkChange<Wanted, Standing>[] {
  const bySlot = new Map<string, Standing[]>();
  for (const link of standing) {
    const list = bySlot.get(link.slot);
    if (list === undefined) bySlot.set(link.slot, [link]);
    else list.push(link);
  }
  const changes: LinkChange<Wanted, Standing>[] = [];
  for (const link of wanted) {
    const inPlace = bySlot.get(link.slot) ?? [];
    bySlot.delete(link.slot);
    const same = inPlace.find(({ says }) => says === link.says);
    if (same !== undefined) {
      for (const other of inPlace) if (other !== same) changes.push({ link: null, supersedes: other });
      continue;
    }
    const [replaced, ...others] = inPlace;
    changes.push({ link, supersedes: replaced ?? null });
    for (const other of others) changes.push({ link: null, supersedes: other });
  }
  for (const list of bySlot.values()) for (const link of list) changes.push({ link: null, supersedes: link });
  return changes;
}
