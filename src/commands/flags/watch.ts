import { Flags } from '@oclif/core';
import { asPhoneFlags } from './as-phone.js';
import { reachFlags, TRANSPORTS } from './reach.js';
import { phoneFlags } from './registering.js';

/** How a registration is kept. */
export const watchFlags = {
	...asPhoneFlags,
	...phoneFlags,
	transport: Flags.option({
		summary: 'Transport; without it the DNS decides, and UDP where that says nothing.',
		options: TRANSPORTS,
	})(),
	server: reachFlags.server,
	dns: reachFlags.dns,
	ca: reachFlags.ca,
	cert: reachFlags.cert,
	key: reachFlags.key,
	'tls-insecure': reachFlags['tls-insecure'],
	'ws-path': reachFlags['ws-path'],
	expires: Flags.integer({
		summary: 'Seconds to ask for; refreshed after half to 85 % of what is granted.',
		default: 300,
		min: 10,
		max: 86_400,
	}),
	timeout: Flags.integer({
		summary: 'Seconds to wait for each answer.',
		default: 32,
		min: 1,
		max: 300,
	}),
	keepalive: Flags.option({
		summary: 'What keeps the flow and its NAT mapping alive between the REGISTERs.',
		options: ['crlf', 'options', 'stun', 'none'] as const,
		default: 'crlf',
	})(),
	'keepalive-interval': Flags.integer({
		summary: 'Seconds between keep-alives.',
		default: 29,
		min: 5,
		max: 3600,
	}),
	retry: Flags.integer({
		summary: 'Seconds before another attempt after a failure; doubles up to half an hour.',
		default: 30,
		min: 5,
		max: 1800,
	}),
	duration: Flags.string({
		summary: 'End after this time: 90s, 15m, 8h or 7d; without it on Ctrl-C.',
		helpValue: 'TIME',
	}),
	log: Flags.string({
		summary: 'Append every event to this file, one JSON document a line.',
		helpValue: 'FILE',
	}),
};
