/*
 * No amplification: over UDP an answer to an address that is not proved is never larger than its request. What is
 * wished for is left out step by step until the answer fits; an answer that cannot fit is not sent.
 */
import type { Endpoint } from '../net/endpoint.js';
import type { SipRequest } from '../sip/message.js';
import {
	DELAY_FIELD,
	ECHO_FIELD,
	ECHO_TYPE,
	ECHO_VERSION,
	echoBody,
} from '../sip/reflector-echo.js';
import type { Reply } from './reply.js';
import { type AnswerForm, responseBytes } from './response-text.js';

export interface AnswerToFit {
	readonly request: SipRequest;
	/** The octets as they arrived. */
	readonly received: Uint8Array;
	readonly reply: Reply;
	readonly source: Endpoint;
	readonly transport: 'udp' | 'tcp';
	readonly toTag: string;
	/** Bytes it may have. */
	readonly limit: number;
	readonly wantsEcho: boolean;
	/** Seconds that it was held back, or `refused`. */
	readonly delay: string | undefined;
}

export interface FittedAnswer {
	readonly bytes: Uint8Array;
	readonly echo: 'bytes' | 'lines' | 'no-room' | undefined;
}

const FORMS: readonly AnswerForm[] = ['full', 'compact', 'bare'];

/** The fullest answer that fits; or how large the smallest would be. */
export function fitAnswer(answer: AnswerToFit): FittedAnswer | { readonly needed: number } {
	let needed = Number.POSITIVE_INFINITY;
	const echoes = answer.wantsEcho ? (['bytes', 'lines', 'no-room'] as const) : [undefined];
	for (const echo of echoes) {
		for (const form of FORMS) {
			const bytes = rendered(answer, echo, form);
			if (bytes.length <= answer.limit) return { bytes, echo };
			needed = Math.min(needed, bytes.length);
		}
	}
	return { needed };
}

function rendered(answer: AnswerToFit, echo: FittedAnswer['echo'], form: AnswerForm): Uint8Array {
	const { request, reply, source, toTag, delay, transport } = answer;
	const parts = { request, reply, source, toTag, form };
	const held = delay === undefined ? [] : [[DELAY_FIELD, delay] as const];
	if (echo !== 'bytes' && echo !== 'lines') {
		return responseBytes({ ...parts, more: held, body: new Uint8Array(0) });
	}
	const more = [...held, [ECHO_FIELD, ECHO_VERSION], ['Content-Type', ECHO_TYPE]] as const;
	const body = echoBody({
		kind: echo,
		transport: transport.toUpperCase(),
		source,
		received: answer.received,
		answerHead: responseBytes({ ...parts, more, body: new Uint8Array(0) }),
	});
	return responseBytes({ ...parts, more, body });
}
