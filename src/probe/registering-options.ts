import type { Sim } from '../digest/aka/sim.js';

/** How a probe registers, beyond what every phone does. Text is as the user gave it. */
export interface RegisteringOptions {
	/** `query` only lists the bindings; `unregister` removes those of `contact` or `instance` and ends. */
	readonly mode: 'register' | 'query' | 'unregister';
	/** Leaves the binding to its expiry. */
	readonly keep: boolean;
	readonly displayName: string | undefined;
	/** A SIP URI; absent: the socket's own address and port. */
	readonly contact: string | undefined;
	/** `+sip.instance` (RFC 5626 §4.1), a URN; absent: a random one. */
	readonly instance: string | undefined;
	/** `reg-id` (RFC 5626 §4.2). */
	readonly regId: number | undefined;
	/** Header fields to add, names and values checked. */
	readonly headers: readonly (readonly [name: string, value: string])[];
	readonly sim: Sim | undefined;
	readonly bearer: { readonly token: string; readonly overCleartext: boolean } | undefined;
	/** Sends one OPTIONS beside the first REGISTER. */
	readonly optionsFirst: boolean;
}

/** A probe with nothing wished for. */
export const PLAIN_REGISTERING: RegisteringOptions = {
	mode: 'register',
	keep: false,
	displayName: undefined,
	contact: undefined,
	instance: undefined,
	regId: undefined,
	headers: [],
	sim: undefined,
	bearer: undefined,
	optionsFirst: false,
};
