import { formatEndpoint } from '../../net/endpoint.js';
import { describeStatus } from '../../registration/attempt-facts.js';
import { removalByOthers } from '../../registration/other-devices.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'wildcard-unregister',
	severity: 'degraded',
	title: 'Another device removed every binding of the account, this one too',
	references: ['RFC 3261 §10.2.2', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'A REGISTER with Contact: * and Expires: 0 removes all bindings of the address-of-record, whoever made them. Another device sent it while this one was registered: from then on calls do not find this one, until it refreshes.',
		causes: [
			'A phone that is set to unregister everything when it starts (Grandstream "Unregister on reboot: All").',
			'A script or provisioning system that cleans up.',
		],
		confirm: 'Look for Contact: * in the REGISTERs of the account, and from whom they come.',
		lookAlikes: [
			'A phone that removes its own old bindings when it starts, and is alone on the account.',
			'A removal that the registrar refused.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'On the other device: unregister only its own Contact on reboot (Grandstream: "Unregister on reboot: Instance" or "No").',
		},
		{ who: 'registrar', what: 'Give each device an account of its own.' },
	],
	check({ attempt, registration, index }) {
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const removal = removalByOthers(attempt, registration, index);
		if (removal === undefined) return SILENT;
		const { bound, request, final } = removal;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `${formatEndpoint(request.src)} sent Contact: * with Expires: 0 for this account, and ${describeStatus(final)} confirmed it, while this phone was bound.`,
			evidence: inOrder(
				evidenceOf(bound, 'Status', `${describeStatus(bound)}, bound`),
				evidenceOf(request, 'Contact', `* with Expires 0, from ${formatEndpoint(request.src)}`),
				evidenceOf(final, 'Status', `${describeStatus(final)}: all bindings removed`),
			),
		};
	},
});
