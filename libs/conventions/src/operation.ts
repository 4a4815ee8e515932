import type { StepKind } from '#model';

/**
 * `gen_ai.operation.name` -> kind: the values of the registry, then those that are not in it but are seen
 * (conventions.md 3.1).
 */
const KIND_BY_OPERATION: ReadonlyMap<string, StepKind> = new Map<string, StepKind>([
  ['chat', 'model_call'],
  ['generate_content', 'model_call'],
  ['text_completion', 'model_call'],
  ['fetch_response', 'model_call'],
  ['embeddings', 'embedding'],
  ['retrieval', 'retrieval'],
  ['execute_tool', 'tool_call'],
  ['create_agent', 'agent'],
  ['invoke_agent', 'agent'],
  ['invoke_workflow', 'workflow'],
  ['plan', 'agent'],
  ['search_memory', 'memory'],
  ['create_memory', 'memory'],
  ['update_memory', 'memory'],
  ['upsert_memory', 'memory'],
  ['delete_memory', 'memory'],
  ['create_memory_store', 'memory'],
  ['delete_memory_store', 'memory'],
  ['rerank', 'rerank'],
  ['agent_step', 'agent'],
  ['handoff', 'agent'],
  ['execute_event_loop_cycle', 'agent'],
  ['execute_task', 'workflow'],
  ['chain', 'workflow'],
  ['llm_request', 'model_call'],
  ['vector_db_retrieve', 'retrieval'],
  ['completion', 'model_call'],
  ['generate', 'model_call'],
  ['acompletion', 'model_call'],
  ['responses', 'model_call'],
  ['aresponses', 'model_call'],
  ['llm_call', 'model_call'],
  ['embedding', 'embedding'],
  ['aembedding', 'embedding'],
  ['arerank', 'rerank'],
  ['tool_call', 'tool_call'],
  ['agent_call', 'agent'],
  ['schedule_tool_calls', 'workflow'],
  ['evaluate', 'evaluation'],
  ['guardrail', 'guardrail'],
]);

/** @returns the kind, or null where the operation is absent or nobody has described it. */
export function kindOfOperation(operation: string | null): StepKind | null {
  return operation === null ? null : (KIND_BY_OPERATION.get(operation) ?? null);
}
