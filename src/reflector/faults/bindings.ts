/** Faults of a 200: what the registrar says it has bound. */
import type { Reply } from '../reply.js';
import type { Fault } from './fault.js';

export const BINDINGS: readonly Fault[] = [
	{
		name: 'wrong-contact',
		explanation: 'The 200 lists another Contact than the one that was registered.',
		leadsTo: 'binding-not-listed',
		play: ({ stage, purpose, reply: honest }) => [
			stage === 'accepted' && purpose === 'bind'
				? withContacts(honest, () => '<sip:somebody-else@192.0.2.1>;expires=1800')
				: honest,
		],
	},
	{
		name: 'short-expires',
		explanation: 'Whatever is asked, 10 seconds are granted.',
		leadsTo: undefined,
		play: ({ stage, reply: honest }) => [
			stage === 'accepted'
				? withContacts(honest, (value) => value.replace(/;expires=\d+$/, ';expires=10'))
				: honest,
		],
	},
];

function withContacts(honest: Reply, change: (value: string) => string): Reply {
	return {
		...honest,
		headers: honest.headers.map(([name, value]) => [
			name,
			name === 'Contact' ? change(value) : value,
		]),
	};
}
