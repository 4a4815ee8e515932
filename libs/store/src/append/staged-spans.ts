/** SQL: the staged row `st` is the one that stands in `spans` as `s`. */
export const isStored = '(s.batch_id = st.batch_id AND s.position = st.position)';

/**
 * SQL: the staged row says the same as the stored one, or what was erased of it since: a span whose content was cut is
 * never kept again because it differs. The resource and the scope belong to what a span says: the
 * same bytes under another service name are another statement about the same span.
 */
export const isSame =
  '(s.cut_at IS NOT NULL OR (s.bytes = st.bytes AND s.resource_id = st.resource_id AND s.scope_id = st.scope_id))';
