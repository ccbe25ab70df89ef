import type { SipResponse } from '../sip/message.js';
import type { Refusal } from './authentication.js';
import { failureWords, statusWords } from './step-words.js';
import type { TransportFailure } from './transport.js';

/** How one REGISTER (with challenge, stale and 423 followed) ended. */
export type Exchange =
	| { readonly kind: 'answered'; readonly response: SipResponse }
	| {
			readonly kind: 'not-authenticated';
			readonly refusal: Refusal;
			readonly response: SipResponse;
	  }
	| { readonly kind: 'unanswered' }
	| { readonly kind: 'failed'; readonly failure: TransportFailure }
	| { readonly kind: 'no-way'; readonly errno: string }
	| { readonly kind: 'aborted' };

export function isSuccess({ statusCode }: SipResponse): boolean {
	return statusCode >= 200 && statusCode < 300;
}

/** RFC 3263 §4.3: a transport failure, a timeout or a 503 sends the client to the next server. */
export function isForTheNext(exchange: Exchange): boolean {
	if (exchange.kind === 'answered') return exchange.response.statusCode === 503;
	return exchange.kind === 'failed' || exchange.kind === 'unanswered';
}

/** The end in a few words. */
export function endWords(exchange: Exchange): string {
	switch (exchange.kind) {
		case 'answered':
		case 'not-authenticated':
			return statusWords(exchange.response);
		case 'unanswered':
			return 'no answer came';
		case 'failed':
			return failureWords(exchange.failure);
		case 'no-way':
			return `no way to the server (${exchange.errno})`;
		case 'aborted':
			return 'interrupted';
	}
}
