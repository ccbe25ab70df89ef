import { formatEndpoint } from '../../net/endpoint.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import { headerValues, splitValues } from '../../sip/header-fields.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** In-dialog requests and replies to others follow a route of their own. */
const INITIAL_METHODS = new Set(['INVITE', 'SUBSCRIBE', 'MESSAGE', 'PUBLISH']);

export default defineRule({
	id: 'service-route-ignored',
	severity: 'degraded',
	title: 'The phone does not send its requests by the way that the registrar told it',
	references: ['RFC 3608 §5', 'RFC 3608 §6.1'],
	explanation: {
		means:
			'The 200 carries Service-Route: the proxies that further requests of the phone are to go through. The phone sends calls without it; the server does not know by which registration they come, and refuses or misroutes them.',
		causes: ['Firmware that does not know RFC 3608, or has it switched off.'],
		confirm: 'Compare Service-Route of the last 200 with Route in the INVITEs of the phone.',
		lookAlikes: [
			'Requests within a dialog follow the route of the dialog.',
			'REGISTER itself does not use it.',
			'A phone whose outbound proxy is the only hop of the Service-Route arrives there anyhow.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Switch Service-Route on (3GPP or IMS mode), or enter the proxy as outbound proxy.',
		},
	],
	check({ attempt, registration, index }) {
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const phone = lastTransaction(attempt)?.phone;
		const final = phone?.final;
		if (phone === undefined || final === undefined) return SILENT;
		const routes = headerValues(final.message, 'service-route').flatMap(splitValues);
		const [route] = routes;
		if (route === undefined) return SILENT;
		// One hop that is the very server: nothing is passed by.
		if (routes.length === 1 && route.includes(phone.server.address)) return SILENT;
		const found = index
			.requestsFrom(phone.client)
			.find(
				({ message, at, cut }) =>
					at > final.at &&
					!cut &&
					INITIAL_METHODS.has(message.method) &&
					!/;\s*tag=/i.test(headerValues(message, 'to')[0] ?? '') &&
					headerValues(message, 'route').length === 0,
			);
		if (found === undefined) return SILENT;
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `The 200 says Service-Route ${route}, and the ${found.message.method} to ${formatEndpoint(found.dst)} has no Route.`,
			evidence: inOrder(
				evidenceOf(final, 'Service-Route', route),
				evidenceOf(found, 'Route', `none in the ${found.message.method}`),
			),
		};
	},
});
