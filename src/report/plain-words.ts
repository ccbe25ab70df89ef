/*
 * Outcomes as a technician says them. The symbol and the words always say the same; the colour adds nothing.
 */
import type { DiagnosedRegistration } from '../analysis/analysis.js';
import { formatEndpoint, formatHostPort } from '../net/endpoint.js';
import type { Registration } from '../registration/registration.js';
import { isChallenge } from '../sip/status-codes.js';
import { sentTimes } from '../transaction/client-transaction.js';
import { maskSecrets } from './masking.js';
import { openReason } from './open-reason.js';
import type { Palette } from './palette.js';
import { safeText } from './safe-text.js';
import { readable } from './wire-text.js';

/** Wire text ready for a terminal: readable, without secrets, without anything that could steer it. */
export function shown(text: string, max?: number): string {
	return safeText(maskSecrets(readable(text)), max);
}

/** `1 packet`, `1,204 packets`. */
export function counted(n: number, one: string, many = `${one}s`): string {
	return `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
}

export type Standing = 'good' | 'bad' | 'warn' | 'neutral';

export function standing({ outcome, cause }: DiagnosedRegistration): Standing {
	switch (outcome) {
		case 'registered':
			return cause === undefined ? 'good' : 'warn';
		case 'unregistered':
		case 'queried':
		case 'open':
			return cause === undefined ? 'neutral' : 'warn';
		case 'challenged':
		case 'rejected':
		case 'redirected':
		case 'unanswered':
		case 'unreachable':
			return 'bad';
	}
}

/** ✓ ! ✗ –, painted. */
export function symbol(of: Standing, palette: Palette): string {
	switch (of) {
		case 'good':
			return palette.good('✓');
		case 'bad':
			return palette.bad('✗');
		case 'warn':
			return palette.warn('!');
		case 'neutral':
			return palette.faint('–');
	}
}

/** The address-of-record, or who it was where no REGISTER could be read. */
export function registrationName({ aor, path, target }: Registration): string {
	if (aor !== undefined) return shown(aor, 200);
	const client = path[0]?.client;
	// Its port is another one with each connection.
	if (client !== undefined) return `the phone at ${client.address}`;
	return `an unknown phone for ${shown(target.host, 200)}`;
}

/** `example.com:5060 over UDP`. */
function targetWords({ target }: Registration): string {
	const host = shown(target.host, 200);
	const place = host.startsWith('[') ? `${host}:${target.port}` : formatHostPort(host, target.port);
	return `${place} over ${target.transport.toUpperCase()}`;
}

/** Who registers where: `sip:1001@example.com at example.com:5060 over UDP`. */
export function registrationTitle(registration: Registration): string {
	// An address stands for the phone where no REGISTER was read, and "at" would be said twice.
	const link = registration.aor === undefined && registration.path.length > 0 ? 'towards' : 'at';
	return `${registrationName(registration)} ${link} ${targetWords(registration)}`;
}

/** Which server this was in the end, where the first one failed; empty elsewhere. */
export function failoverWords({ failover }: Registration): string {
	if (failover === undefined) return '';
	const [from, to] = [failover.from, failover.to].map(
		({ server, transport }) => `${formatEndpoint(server)} over ${transport.toUpperCase()}`,
	);
	return `at ${to}, after ${from} had failed`;
}

/** The outcome as a sentence without its full stop. */
export function outcomeWords(registration: Registration): string {
	switch (registration.outcome) {
		case 'registered':
			return `registered${grantedWords(registration)}`;
		case 'unregistered':
			return 'not registered: the registrar answered, and no binding of this phone is left';
		case 'queried':
			return 'only asked for the bindings, and got an answer';
		case 'challenged':
			return `not registered: challenged${finalWords(registration)}, and no credentials followed`;
		case 'rejected':
			// One that ends an attempt as rejected answered credentials (design: outcome).
			return isChallenge(registration.finalStatus)
				? `not registered: the credentials were refused${finalWords(registration)}`
				: `not registered: rejected${finalWords(registration)}`;
		case 'redirected':
			return `not registered: redirected${finalWords(registration)}`;
		case 'unanswered':
			return `not registered: no final answer${sendsWords(registration)}`;
		case 'unreachable':
			return 'not registered: no SIP answer, the server could not be reached';
		case 'open':
			return `not known: ${shown(openReason(registration).text, 160)}`;
	}
}

function grantedWords({ grantedExpires }: Registration): string {
	return grantedExpires === undefined ? '' : ` for ${grantedExpires} s`;
}

function finalWords({ finalStatus, messages }: Registration): string {
	if (finalStatus === undefined) return '';
	for (const { observed } of messages.toReversed()) {
		const { message } = observed;
		if (message.kind === 'response' && message.statusCode === finalStatus) {
			return ` with ${finalStatus} ${shown(message.reasonPhrase, 100)}`.trimEnd();
		}
	}
	return ` with ${finalStatus}`;
}

function sendsWords({ decisive }: Registration): string {
	const phone = decisive?.transactions.at(-1)?.phone;
	const [first, last] = [phone?.sends[0], phone?.sends.at(-1)];
	if (phone === undefined || first === undefined || last === undefined || first === last) return '';
	return ` to ${sentTimes(phone)} sends in ${((last.at - first.at) / 1_000_000).toFixed(1)} s`;
}
