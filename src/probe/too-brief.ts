import { readMinExpires } from '../sip/headers/min-expires.js';
import type { SipResponse } from '../sip/message.js';
import type { Purpose } from './register-request.js';

/** A Min-Expires beyond a day is no wish but a fault; the probe would leave its trace for too long. */
const MAX_MIN_EXPIRES = 86_400;

/** After a 423 the same request again, with the interval that the server wants (RFC 3261 §10.2.8); undefined for others. */
export function afterTooBrief(asked: Purpose, response: SipResponse): Purpose | undefined {
	if (response.statusCode !== 423 || asked.kind !== 'bind') return undefined;
	const minimum = readMinExpires(response);
	if (minimum?.ok !== true) return undefined;
	const wanted = minimum.value;
	if (wanted <= asked.expires || wanted > MAX_MIN_EXPIRES) return undefined;
	return { kind: 'bind', expires: wanted };
}
