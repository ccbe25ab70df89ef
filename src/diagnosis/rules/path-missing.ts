import { canonicalAddress, isPrivateAddress } from '../../net/address.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import { ownBinding } from '../../registration/binding.js';
import { contactsOf } from '../../registration/register-request.js';
import { firstHeader, headerValues } from '../../sip/header-fields.js';
import { readVias } from '../../sip/headers/via.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Verdict } from '../rule.js';

export default defineRule({
	id: 'path-missing',
	severity: 'degraded',
	title: 'The registrar does not learn the way back through the proxy',
	references: ['RFC 3327 §5', 'RFC 5626 §5.1'],
	explanation: {
		means:
			'The REGISTER came through a proxy that the phone can only be reached by. Without a Path header that the registrar keeps, calls go straight to the Contact, past the proxy, and are lost at the NAT.',
		causes: [
			'The proxy does not add Path (Kamailio: module path, add_path).',
			'The registrar does not take it (Kamailio use_path=0, Asterisk support_path=no).',
		],
		confirm: 'Look at the registrar how the binding is stored, and where it sends an INVITE.',
		lookAlikes: [
			'A proxy that puts its own address into the Contact needs no Path.',
			'A registrar that goes by the source of the REGISTER sends calls to the proxy all the same.',
			'A registrar that keeps Path and leaves it out of the 200 (Kamailio path_mode=0).',
			'A Contact that everybody can reach needs no way through the proxy.',
		],
	},
	fix: [
		{ who: 'sbc', what: 'Add Path to REGISTERs (Kamailio add_path_received()).' },
		{
			who: 'registrar',
			what: 'Keep and use Path (Kamailio use_path=1, Asterisk support_path=yes).',
		},
	],
	check({ attempt, registration }) {
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const registrar = lastTransaction(attempt)?.hops.at(-1);
		const final = registrar?.final;
		if (registrar === undefined || final === undefined || registrar.request.cut || final.cut)
			return SILENT;
		const path = headerValues(registrar.request.message, 'path');
		if (path.length > 0) return ignoredPath(registrar, path[0] ?? '');
		if (readVias(registrar.request.message).length < 2) return SILENT;
		const host = contactsOf(registrar.request.message)[0]?.uri.host;
		if (host === undefined || !isPrivateAddress(host)) return SILENT;
		// The proxy itself, or a network that the registrar is in as well.
		if (canonicalAddress(host) === registrar.client.address) return SILENT;
		if (isPrivateAddress(registrar.server.address) && isPrivateAddress(registrar.client.address))
			return SILENT;
		const own = ownBinding(registrar.request.message, final.message, registrar.server.address);
		if (own?.contact !== undefined && own.contact.uri.host !== host) return SILENT;
		return {
			kind: 'fires',
			confidence: 'likely',
			summary: `The REGISTER came through the proxy ${registrar.client.address} without Path, and the binding is the private ${host}.`,
			evidence: inOrder(
				evidenceOf(registrar.request, 'Path', 'none, though there are several Via'),
				evidenceOf(final, 'Contact', host),
			),
		};
	},
});

/**
 * RFC 3327 §5.3: a registrar that keeps Path copies it into the 200, for whoever says that it supports it. Kamailio with
 * path_mode=0 keeps it and does not.
 */
function ignoredPath({ request, final }: ClientTransaction, path: string): Verdict {
	if (final === undefined || firstHeader(final.message, 'path') !== undefined) return SILENT;
	const supported = headerValues(request.message, 'supported').join(',').toLowerCase();
	if (!supported.split(',').some((option) => option.trim() === 'path')) return SILENT;
	return {
		kind: 'fires',
		confidence: 'possible',
		summary: `The REGISTER has Path ${path}, and the 200 does not give it back: the registrar has not taken it, or does not say so.`,
		evidence: inOrder(
			evidenceOf(request, 'Path', path),
			evidenceOf(final, 'Path', 'none in the 200'),
		),
	};
}
