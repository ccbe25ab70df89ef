/* An attempt whose like comes again and again, and is known without being read (trace/repeated-exchanges.ts). */
import type { LastAttempt } from '../registration/attempt-log.js';
import type { Run } from '../registration/attempt-shape.js';
import type { RegisterTransaction } from '../registration/registration.js';
import type { FreshVerifier } from '../registration/repeated-digest.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { identityOf } from '../sip/message-identity.js';
import type { Instant } from '../time/instant.js';
import { isRequest, isResponse } from '../trace/message-kinds.js';
import type { Observed } from '../trace/observed.js';
import type { Answered, MessageTimes, Repeatable } from '../trace/repeatable.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';

/** Who counts what is not kept. */
export interface RepeatCounter {
	/** A transaction like one that was added, sent and answered at other times. */
	again(transaction: RegisterTransaction, sentAt: Instant, answeredAt: Instant): void;
	/** An attempt went by, whose transactions were given. */
	timed(times: MessageTimes, answered: readonly Answered[]): void;
	/** True where `again` would do nothing from now on. */
	isTimedOnly(): boolean;
}

/** `verifiers`: of each request's digest. */
export function repeatedAttempt(
	last: LastAttempt,
	verifiers: readonly (FreshVerifier | 'any')[],
	counter: RepeatCounter,
): Repeatable {
	const answered = answeredIn(last.run);
	return {
		answered,
		isTimedOnly: () => counter.isTimedOnly(),
		verifies: verifiers.every((one) => one === 'any')
			? undefined
			: (request, exchange, digest) => {
					const verifier = verifiers[request];
					return verifier === 'any' || verifier?.isExpected(exchange, digest) === true;
				},
		md5Of: (request) => {
			const verifier = verifiers[request];
			return verifier === 'any' ? undefined : verifier?.md5;
		},
		told: last.kept,
		follows: (pauseMs) => last.follows(pauseMs),
		again: (times) => {
			for (const [index, { sent, final }] of answered.entries()) {
				const transaction = last.run[index];
				if (transaction !== undefined)
					counter.again(transaction, times.timeOf(sent), times.timeOf(final));
			}
			counter.timed(times, answered);
		},
		tell: (messages, notTold) => {
			const run = runOf(messages);
			if (run !== undefined) last.repeat(run, notTold);
		},
	};
}

/** Where the times of the transactions stand among those of the messages of their attempt. */
function answeredIn(run: Run): readonly Answered[] {
	let next = 0;
	return run.map(({ phone: { responses } }) => {
		const sent = next;
		next += 1 + responses.length;
		const final = responses.findIndex(({ message }) => message.statusCode >= 200);
		return { sent, final: sent + 1 + final };
	});
}

/** The attempt that requests and their answers make up, in their order. */
function runOf(messages: readonly Observed[]): Run | undefined {
	const transactions: ClientTransaction[] = [];
	for (const observed of messages) {
		if (isRequest(observed)) transactions.push(transactionOf(observed));
		else if (isResponse(observed)) {
			const asked = transactions.pop();
			if (asked !== undefined) transactions.push(answered(asked, observed));
		}
	}
	const [first, ...others] = transactions.map(withoutHops);
	return first && [first, ...others];
}

function withoutHops(phone: ClientTransaction): RegisterTransaction {
	return { phone, hops: [phone] };
}

function transactionOf(request: Observed<SipRequest>): ClientTransaction {
	const { branch, callId, cseq, to } = identityOf(request.message);
	const { src: client, dst: server, transport, source } = request;
	return {
		...{ client, server, transport, source, branch, callId, to, request },
		cseq: cseq?.number,
		sends: [request],
		responses: [],
		final: undefined,
		unreachable: [],
	};
}

function answered(asked: ClientTransaction, response: Observed<SipResponse>): ClientTransaction {
	const responses = [...asked.responses, response];
	const isFinal = response.message.statusCode >= 200;
	return { ...asked, responses, final: asked.final ?? (isFinal ? response : undefined) };
}

/** One like it, sent and answered at other times. */
export function movedTo(
	{ phone }: RegisterTransaction,
	sentAt: Instant,
	answeredAt: Instant,
): RegisterTransaction {
	const request = { ...phone.request, at: sentAt };
	const final = phone.final && { ...phone.final, at: answeredAt };
	const moved = { ...phone, request, sends: [request], responses: final ? [final] : [], final };
	return { phone: moved, hops: [moved] };
}

/** Whether an attempt is what these frames say, one message each, and nothing else. */
export function isTold(run: Run, frames: readonly number[]): boolean {
	let next = 0;
	for (const { phone, hops } of run) {
		const { request, sends, responses, unreachable } = phone;
		if (hops.length > 1 || sends.length > 1 || unreachable.length > 0) return false;
		for (const seen of [request, ...responses]) {
			if (seen.frames.length !== 1 || seen.frame !== frames[next]) return false;
			next += 1;
		}
	}
	return next === frames.length;
}
