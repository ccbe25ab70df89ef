import { headerValues } from '../sip/header-fields.js';
import type { SipResponse } from '../sip/message.js';
import type { ListedBinding } from './bindings.js';
import { clipped } from './checklist.js';

/** Header fields of a 2xx to a REGISTER that say how calls will go. */
const FIELDS: readonly (readonly [id: string, name: string])[] = [
	['path', 'Path'],
	['service-route', 'Service-Route'],
	['p-associated-uri', 'P-Associated-URI'],
	['require', 'Require'],
];

/** `; Path <sip:…>; pub-gruu sip:…`: RFC 3327, RFC 3608, RFC 7315 §4.1, RFC 5627, RFC 5626; empty where there is none. */
export function routeWords(response: SipResponse, own: ListedBinding | undefined): string {
	const fields = FIELDS.flatMap(([id, name]) => {
		const values = headerValues(response, id);
		return values.length === 0 ? [] : [`${name} ${clipped(values.join(', '))}`];
	});
	return [...fields, ...(own?.gruus ?? []).map(clipped)].map((words) => `; ${words}`).join('');
}
