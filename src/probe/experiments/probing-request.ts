/*
 * The requests of the experiments, in two forms. With the own address and, from port 5060, no port: a box that
 * translates the address in passing must write a port, and puts it back with one, which is its mark (nf_nat_sip). And
 * with names only, in which there is nothing for such a box to find.
 */

import type { Endpoint } from '../../net/endpoint.js';
import type { RequestToSend } from '../../sip/serialize-message.js';
import { ALLOWED_METHODS } from '../allowed-methods.js';
import { SIP_PORT } from './local-port.js';

export type RequestForm = 'address' | 'name';

/** Who asks; no account is needed. */
export interface Asking {
	/** `sip:example.com`. */
	readonly requestUri: string;
	/** For a REGISTER; wire text. */
	readonly aor: string;
	readonly userAgent: string;
	/** Random hex of so many bytes. */
	readonly token: (bytes: number) => string;
}

export interface ProbingRequest {
	readonly method: 'OPTIONS' | 'REGISTER';
	readonly form: RequestForm;
	/** `UDP`, `TCP`. */
	readonly transport: string;
	readonly local: Endpoint;
	readonly maxForwards: number;
}

/** The request and the branch by which its answer is known. A REGISTER has no Contact: it only asks for the list. */
export function probingRequest(
	request: ProbingRequest,
	asking: Asking,
): { readonly request: RequestToSend; readonly branch: string } {
	const { method, form, local } = request;
	const { token, requestUri, aor } = asking;
	// RFC 3261 §8.1.1.7: the magic cookie.
	const branch = `z9hG4bK${token(10)}`;
	const host = form === 'address' ? bracketed(local.address) : `sipdoctor-${token(4)}.invalid`;
	// Without the port where it is the default one, and an answer to Via's port would still arrive.
	const place = local.port === SIP_PORT ? host : `${host}:${local.port}`;
	const own = `<sip:probe-${token(4)}@${place}>`;
	const isRegister = method === 'REGISTER';
	return {
		branch,
		request: {
			method,
			requestUri,
			headers: [
				['Via', `SIP/2.0/${request.transport} ${place};branch=${branch};rport`],
				['Max-Forwards', String(request.maxForwards)],
				['From', `${isRegister ? `<${aor}>` : own};tag=${token(6)}`],
				['To', isRegister ? `<${aor}>` : `<${requestUri}>`],
				['Call-ID', `${token(12)}@${host}`],
				['CSeq', `1 ${method}`],
				...(isRegister ? [] : [['Contact', own] as const]),
				...(isRegister ? [['Allow', ALLOWED_METHODS] as const] : []),
				['User-Agent', asking.userAgent],
			],
			body: new Uint8Array(0),
		},
	};
}

function bracketed(address: string): string {
	return address.includes(':') ? `[${address}]` : address;
}
