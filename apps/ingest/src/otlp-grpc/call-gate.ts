import {
  ResponderBuilder,
  ServerInterceptingCall,
  ServerListenerBuilder,
  status as Code,
  type Metadata,
  type ServerInterceptor,
} from '@grpc/grpc-js';
import type { Limits } from '#config';
import { RejectedInput } from '#model';
import { mayAct, type KeyAuthentication, type Principal } from '#server';
import type { Admission, Receiver } from '../receiver.ts';
import { Slots } from '../slots.ts';

/** A call whose message was read: who sent it, and what it was let in for, to be released by who takes it. */
export interface AdmittedCall {
  readonly principal: Principal;
  readonly admission: Admission;
}

/** What a call that is refused is answered with. */
export interface CallStatus {
  readonly code: Code;
  readonly details: string;
  readonly metadata: Metadata;
}

/** Messages that are received and inflated at once, where each may be as large as all that may wait. */
const FEWEST_SLOTS = 8;
/** For the message to come, once it is read. */
const RECEIVE_MS = 30_000;

/**
 * Stands before the messages of all calls. grpc-js reads and inflates a whole message before a handler runs, and says
 * nothing of its size before; so the key is checked and the call admitted on its headers, while the message is held
 * back by the flow control of HTTP/2, and few messages are read at once over all connections.
 */
export class CallGate {
  private readonly admitted = new WeakMap<Metadata, AdmittedCall>();
  private readonly slots: Slots;

  constructor(
    private readonly receiver: Receiver,
    private readonly keys: KeyAuthentication,
    private readonly toStatus: (error: unknown) => CallStatus,
    { waitingBytes, bodyBytes }: Pick<Limits, 'waitingBytes' | 'bodyBytes'>,
  ) {
    this.slots = new Slots(Math.max(FEWEST_SLOTS, Math.floor((2 * waitingBytes) / bodyBytes)));
  }

  /**
   * Ends a call before its message is read: UNAUTHENTICATED or PERMISSION_DENIED by its key, RESOURCE_EXHAUSTED or
   * UNAVAILABLE when it cannot be taken now, DEADLINE_EXCEEDED when its message does not come.
   */
  readonly intercept: ServerInterceptor = (_method, next) => {
    let isOver = false;
    let unhandled: Metadata | null = null;
    let giveSlotBack = () => {};
    let timer: NodeJS.Timeout | undefined;
    const received = () => {
      clearTimeout(timer);
      giveSlotBack();
    };
    const enter = async (metadata: Metadata): Promise<boolean> => {
      const principal = await this.authenticate(metadata);
      if (isOver) return false;
      this.admitted.set(metadata, { principal, admission: this.receiver.admit(principal.tenantId, 0) });
      unhandled = metadata;
      giveSlotBack = await this.slots.take(principal.tenantId);
      if (isOver) received();
      else timer = setTimeout(() => call.sendStatus(NOT_RECEIVED), RECEIVE_MS);
      return !isOver;
    };
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, pass) => {
        enter(metadata).then(
          (isIn) => isIn && pass(metadata),
          (error: unknown) => call.sendStatus(this.toStatus(error)),
        );
      })
      .withOnReceiveMessage((message, pass) => {
        received();
        pass(message);
      })
      .withOnCancel(() => {
        isOver = true;
        received();
        if (unhandled !== null) this.take(unhandled)?.admission.release();
      })
      .build();
    const call = new ServerInterceptingCall(
      next,
      new ResponderBuilder().withStart((start) => start(listener)).build(),
    );
    return call;
  };

  /** The call with these headers, once; null when it is taken or over already. */
  take(metadata: Metadata): AdmittedCall | null {
    const call = this.admitted.get(metadata) ?? null;
    this.admitted.delete(metadata);
    return call;
  }

  private async authenticate(metadata: Metadata): Promise<Principal> {
    const authorization = metadata.get('authorization')[0]?.toString();
    const principal = await this.keys.authenticate(authorization);
    if (principal === null)
      throw new RejectedInput('unauthenticated', 'send an API key: authorization: Bearer olk_...');
    if (!mayAct(principal, ['spans']))
      throw new RejectedInput('forbidden', 'this needs a key with the role spans');
    return principal;
  }
}

const NOT_RECEIVED = {
  code: Code.DEADLINE_EXCEEDED,
  details: `the message did not come within ${RECEIVE_MS / 1000} s`,
};
