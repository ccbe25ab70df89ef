import type { Verdict } from './scenario.js';

/**
 * What all captures of a scenario prove together, where that is more than the phone's place tells: the direction of a
 * loss, what only the server's side shows, and what was edited on the way.
 */
export const TOGETHER: Readonly<Record<string, Verdict>> = {
	'credentials-altered-in-transit': {
		outcome: 'rejected',
		cause: 'credentials-altered-in-transit',
		finalStatus: 401,
	},
	'delayed-in-transit': {
		outcome: 'registered',
		cause: null,
		finalStatus: 200,
		finds: ['delayed-in-transit'],
	},
	'duplicated-in-transit': {
		outcome: 'registered',
		cause: null,
		finalStatus: 200,
		finds: ['duplicated-in-transit'],
	},
	'duplicated-in-transit-refused': {
		outcome: 'registered',
		cause: null,
		finalStatus: 200,
		finds: ['duplicated-in-transit'],
	},
	'keepalive-unanswered': {
		outcome: 'registered',
		cause: 'keepalive-unanswered',
		finalStatus: 200,
	},
	'missing-rport': { outcome: 'unanswered', cause: 'missing-rport', finalStatus: null },
	'mtu-blackhole-tls': { outcome: 'unreachable', cause: 'mtu-blackhole', finalStatus: null },
	'no-response-inbound-blocked': {
		outcome: 'unanswered',
		cause: 'response-lost',
		finalStatus: null,
	},
	'no-response-outbound-blocked': {
		outcome: 'unanswered',
		cause: 'request-lost',
		finalStatus: null,
	},
	'private-contact': { outcome: 'registered', cause: 'private-contact', finalStatus: 200 },
	'private-contact-ipv6': { outcome: 'registered', cause: 'private-contact', finalStatus: 200 },
	'response-from-other-address': {
		outcome: 'unanswered',
		cause: 'response-from-other-address',
		finalStatus: null,
	},
	'sbc-account-refused': { outcome: 'rejected', cause: 'sbc-account-refused', finalStatus: 480 },
	'server-silent': { outcome: 'unanswered', cause: 'server-silent', finalStatus: null },
	'server-slow': { outcome: 'registered', cause: 'server-slow', finalStatus: 200 },
	'sip-alg-corrupts': { outcome: 'rejected', cause: 'sip-alg-corrupts', finalStatus: 404 },
	'sip-alg-no-rport': { outcome: 'registered', cause: 'sip-alg', finalStatus: 200 },
	'sip-alg-port-collision': {
		outcome: 'registered',
		cause: 'sip-alg-port-collision',
		finalStatus: 200,
		others: [{ outcome: 'registered', cause: 'sip-alg-port-collision' }],
	},
	'sip-alg': { outcome: 'registered', cause: 'sip-alg', finalStatus: 200 },
	'sip-intercepted': {
		outcome: 'rejected',
		cause: 'sip-intercepted',
		finalStatus: 404,
		others: [{ outcome: 'registered', cause: null }],
	},
	'unusable-contact': { outcome: 'registered', cause: 'unusable-contact', finalStatus: 200 },
};
