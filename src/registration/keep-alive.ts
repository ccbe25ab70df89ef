import type { Endpoint } from '../net/endpoint.js';
import type { Instant } from '../time/instant.js';

/**
 * One request other than REGISTER towards a phone, with all its copies: OPTIONS or NOTIFY to keep the way open, or a
 * call. Whether it was answered tells whether the way to the phone is open.
 */
export interface KeepAlive {
	readonly source: string;
	readonly src: Endpoint;
	readonly dst: Endpoint;
	readonly method: string;
	/** The first copy. */
	readonly at: Instant;
	readonly frame: number;
	readonly lastAt: Instant;
	readonly copies: number;
	/** The first response of any kind; undefined where none was seen. */
	readonly answer:
		| { readonly at: Instant; readonly frame: number; readonly statusCode: number }
		| undefined;
}
