/** Faults that lose answers, as firewalls and NATs do. */
import { reply } from '../reply.js';
import type { Fault } from './fault.js';

export const LOSSES: readonly Fault[] = [
	{
		name: 'silence',
		explanation: 'Nothing is answered, whatever comes.',
		leadsTo: 'no-response',
		everything: true,
		play: () => [],
	},
	{
		name: 'lost-200',
		explanation: 'The 401 arrives, the answer to the credentials does not.',
		leadsTo: 'credentials-unanswered',
		needsAccounts: true,
		play: ({ stage, reply: honest }) => (stage === 'challenge' ? [honest] : []),
	},
	{
		name: 'trying-only',
		explanation: '100 Trying, and then nothing.',
		leadsTo: 'no-final-response',
		play: () => [reply(100)],
	},
	{
		name: 'via-port',
		explanation:
			'Answers go to the port in Via instead of where the request came from, so that a NAT drops them.',
		leadsTo: 'no-response',
		everything: true,
		play: ({ reply: honest }) => [{ ...honest, toViaPort: true }],
	},
];
