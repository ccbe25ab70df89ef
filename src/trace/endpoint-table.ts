/* The endpoints of a source, each one value: a text is made once for each, and a look-up by endpoint is by identity. */
import type { Endpoint } from '../net/endpoint.js';
import { type EndpointKey, endpointKey } from './endpoint-key.js';
import { ipEndpoint } from './ip-endpoint.js';

/** Beyond it a sweep is under way, and its endpoints are made anew each time. */
const MAX_ENDPOINTS = 262_144;

export class EndpointTable {
	readonly #known = new Map<EndpointKey, Endpoint>();

	/** The endpoint with an address of four or sixteen bytes. */
	of(address: Uint8Array, port: number): Endpoint {
		const key = endpointKey(address, port);
		const known = this.#known.get(key);
		if (known !== undefined) return known;
		const endpoint = ipEndpoint(address, port);
		if (this.#known.size < MAX_ENDPOINTS) this.#known.set(key, endpoint);
		return endpoint;
	}
}
